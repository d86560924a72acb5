package dev.tangram.engine.file.gguf;

/**
 * How large the parts of a header may be, whatever the file says. All are far above published
 * models, and far below what would hurt a small machine.
 */
final class Limits {
  static final long HEADER_BYTES_MAX = 256L << 20;
  static final int PAIRS_MAX = 65_536;
  static final int TENSORS_MAX = 65_536;
  static final int KEY_BYTES_MAX = 1_024;
  static final int TENSOR_NAME_BYTES_MAX = 256;
  static final int STRING_BYTES_MAX = 1 << 20;
  static final int TEMPLATE_BYTES_MAX = 64 << 10;

  /** Tokens and what goes with each of them (scores, types). */
  static final int TOKENS_MAX = 1 << 20;

  /** Any other array, such as merges. */
  static final int ELEMENTS_MAX = 8 << 20;

  static final int NESTING_MAX = 4;
  static final int DIMENSIONS_MAX = 4;
  static final int ALIGNMENT_MIN = 8;
  static final int ALIGNMENT_MAX = 64 << 10;
  static final int ALIGNMENT_DEFAULT = 32;

  private Limits() {}

  static int stringBytes(String key) {
    return key.startsWith("tokenizer.chat_template") ? TEMPLATE_BYTES_MAX : STRING_BYTES_MAX;
  }

  static int elements(String key) {
    return switch (key) {
      case "tokenizer.ggml.tokens", "tokenizer.ggml.scores", "tokenizer.ggml.token_type" ->
          TOKENS_MAX;
      default -> ELEMENTS_MAX;
    };
  }
}
