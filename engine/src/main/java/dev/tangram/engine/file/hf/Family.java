package dev.tangram.engine.file.hf;

/** The kinds of model whose checkpoints are read, and what tells their files apart. */
enum Family {
  QWEN2("qwen2"),
  QWEN3("qwen3"),
  LLAMA("llama"),
  GEMMA3("gemma3"),
  QWEN3_MOE("qwen3moe"),
  QWEN3_NEXT("qwen3next"),
  QWEN35("qwen35"),
  QWEN35_MOE("qwen35moe");

  /** The word of {@code general.architecture}. */
  final String architecture;

  Family(String architecture) {
    this.architecture = architecture;
  }

  /** The family of a model_type, or null. */
  static Family of(String modelType) {
    return switch (modelType) {
      case "qwen2" -> QWEN2;
      case "qwen3" -> QWEN3;
      case "llama" -> LLAMA;
      case "gemma3", "gemma3_text" -> GEMMA3;
      case "qwen3_moe" -> QWEN3_MOE;
      case "qwen3_next" -> QWEN3_NEXT;
      case "qwen3_5", "qwen3_5_text" -> QWEN35;
      case "qwen3_5_moe", "qwen3_5_moe_text" -> QWEN35_MOE;
      default -> null;
    };
  }

  /** The model types that {@link #of} knows. */
  static final String MODEL_TYPES =
      "qwen2, qwen3, llama, gemma3, gemma3_text, qwen3_moe, qwen3_next, qwen3_5, qwen3_5_text,"
          + " qwen3_5_moe, qwen3_5_moe_text";

  /** Whether most layers keep a recurrent state in place of keys and values. */
  boolean isHybrid() {
    return this == QWEN3_NEXT || isQwen35();
  }

  boolean isQwen35() {
    return this == QWEN35 || this == QWEN35_MOE;
  }

  boolean hasExperts() {
    return this == QWEN3_MOE || this == QWEN3_NEXT || this == QWEN35_MOE;
  }

  boolean hasSharedExpert() {
    return this == QWEN3_NEXT || this == QWEN35_MOE;
  }

  /** Whether norms are stored around zero; the gated one of linear layers never is. */
  boolean isZeroCentred() {
    return isHybrid() || this == GEMMA3;
  }

  boolean hasHeadNorms() {
    return this != QWEN2 && this != LLAMA;
  }
}
