package dev.tangram.lab.peer;

/** What is timed. */
enum Work {
  /**
   * One sequence, {@code depth} tokens of prompt, then {@code decodeTokens}; from the first token
   * to the last.
   */
  DECODE("decode"),
  /** One prompt of {@code promptTokens}, start to first token. */
  PREFILL("prefill"),
  /** {@code batch} sequences at once, all their tokens; from the first token to the last. */
  BATCH("batch");

  private final String word;

  Work(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
