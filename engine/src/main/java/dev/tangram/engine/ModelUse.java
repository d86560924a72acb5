package dev.tangram.engine;

/** What a model is for: it answers requests of that kind and refuses the others. */
public enum ModelUse {
  /** Goes on with a text. */
  GENERATE("a text generation model"),
  /** Turns a text into a vector. */
  EMBED("an embedding model"),
  /** Says how well a document answers a query. */
  RERANK("a reranking model");

  private final String words;

  ModelUse(String words) {
    this.words = words;
  }

  /** For a sentence. */
  public String words() {
    return words;
  }
}
