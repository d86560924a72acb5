package dev.tangram.server.openai;

/**
 * Whether texts that are too long may be cut: {@code truncate_prompt_tokens} as vLLM has it (-1: to
 * what the model reads), or {@code truncate: true} as others do. Without either, nothing is cut in
 * silence.
 *
 * @param tokens 0 for none; -1 for as long as the model reads; else that many
 */
record Truncation(int tokens) {
  static Truncation read(Fields body) {
    int tokens = body.whole("truncate_prompt_tokens", -1, Integer.MAX_VALUE, 0);
    return new Truncation(body.flag("truncate", false) && tokens == 0 ? -1 : tokens);
  }

  /** Most tokens of a text for a model that reads {@code context}; MAX_VALUE to cut nothing. */
  int tokensMax(int context) {
    return tokens == 0 ? Integer.MAX_VALUE : tokens < 0 ? context : Math.min(tokens, context);
  }
}
