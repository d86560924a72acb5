package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.json.JsonObject;
import java.util.List;

/**
 * The sizes that config.json states, each in its range and held against each other.
 *
 * @param feedForward width of a dense layer; 0 if not stated, as where every layer has experts
 * @param experts 0 if there are none; so the other counts of experts
 * @param interval every how many layers one attends to everything, the others being recurrent; 0 if
 *     none are
 * @param nextLayers layers after the last that predict one token more (MTP): 0 or 1
 */
record Dimensions(
    int layers,
    int width,
    int feedForward,
    int heads,
    int kvHeads,
    int headSize,
    int vocabulary,
    int context,
    float eps,
    int experts,
    int expertsUsed,
    int expertFeedForward,
    int sharedFeedForward,
    int convolution,
    int keyHeads,
    int valueHeads,
    int keySize,
    int valueSize,
    int interval,
    int nextLayers) {
  static final int LAYERS_MAX = 1024;
  static final int WIDTH_MAX = 1 << 17;
  static final int FEED_FORWARD_MAX = 1 << 18;
  static final int HEADS_MAX = 4096;
  static final int HEAD_SIZE_MAX = 1024;
  static final int VOCABULARY_MAX = 1 << 20;
  static final int CONTEXT_MAX = 1 << 24;
  static final int EXPERTS_MAX = 1 << 14;

  /**
   * @param next whether the checkpoint has the tensors of an MTP layer
   */
  static Dimensions read(Config config, boolean next) {
    JsonObject text = config.text();
    Family family = config.family();
    boolean gemma = family == Family.GEMMA3;
    int layers = text.integer("num_hidden_layers", 1, LAYERS_MAX);
    int width = text.integer("hidden_size", 1, WIDTH_MAX);
    int heads = integer(text, "num_attention_heads", HEADS_MAX, gemma ? 8 : 0);
    int kvHeads = integer(text, "num_key_value_heads", HEADS_MAX, gemma ? 4 : heads);
    if (heads % kvHeads != 0) {
      throw text.wrong("num_key_value_heads", "a divisor of num_attention_heads " + heads);
    }
    int headSize = headSize(text, family, width, heads);
    boolean hybrid = family.isHybrid();
    boolean experts = family.hasExperts();
    int keyHeads = hybrid ? integer(text, "linear_num_key_heads", HEADS_MAX, 16) : 0;
    int valueHeads = hybrid ? integer(text, "linear_num_value_heads", HEADS_MAX, 32) : 0;
    if (hybrid && valueHeads % keyHeads != 0) {
      throw text.wrong("linear_num_value_heads", "a multiple of linear_num_key_heads " + keyHeads);
    }
    int interval = hybrid ? interval(text, layers) : 0;
    checkLayerTypes(text, family, layers, interval);
    text.integer("mtp_num_hidden_layers", 0, 1, 0);
    int expertCount = experts ? experts(text) : 0;
    return new Dimensions(
        layers,
        width,
        experts
            ? text.integer("intermediate_size", 0, FEED_FORWARD_MAX, 0)
            : text.integer("intermediate_size", 1, FEED_FORWARD_MAX),
        heads,
        kvHeads,
        headSize,
        integer(text, "vocab_size", VOCABULARY_MAX, gemma ? 262_208 : 0),
        integer(text, "max_position_embeddings", CONTEXT_MAX, gemma ? 131_072 : 0),
        (float) text.number("rms_norm_eps", 1e-30, 0.5, 1e-6),
        expertCount,
        experts ? text.integer("num_experts_per_tok", 1, expertCount) : 0,
        experts ? text.integer("moe_intermediate_size", 1, FEED_FORWARD_MAX) : 0,
        family.hasSharedExpert()
            ? text.integer("shared_expert_intermediate_size", 1, FEED_FORWARD_MAX)
            : 0,
        hybrid ? text.integer("linear_conv_kernel_dim", 2, 16, 4) : 0,
        keyHeads,
        valueHeads,
        hybrid ? text.integer("linear_key_head_dim", 1, HEAD_SIZE_MAX, 128) : 0,
        hybrid ? text.integer("linear_value_head_dim", 1, HEAD_SIZE_MAX, 128) : 0,
        interval,
        next ? 1 : 0);
  }

  /**
   * A count of at least 1.
   *
   * @param otherwise what transformers takes if it is absent; 0 if it must be there
   */
  private static int integer(JsonObject text, String name, int most, int otherwise) {
    return otherwise == 0 ? text.integer(name, 1, most) : text.integer(name, 1, most, otherwise);
  }

  private static int headSize(JsonObject text, Family family, int width, int heads) {
    int otherwise =
        switch (family) {
          case QWEN2, LLAMA -> width % heads == 0 ? width / heads : 0;
          case QWEN3, QWEN3_MOE -> 128;
          case GEMMA3, QWEN3_NEXT, QWEN35, QWEN35_MOE -> 256;
        };
    int size = text.integer("head_dim", 2, HEAD_SIZE_MAX, otherwise);
    if (size < 2 || size > HEAD_SIZE_MAX || size % 2 != 0) {
      throw new ModelFormatException(
          text.file(),
          text.path("head_dim"),
          "heads of %d elements".formatted(size),
          "an even number from 2 to %d; hidden_size is %d, num_attention_heads %d"
              .formatted(HEAD_SIZE_MAX, width, heads));
    }
    if (heads * size > WIDTH_MAX) {
      throw text.wrong("num_attention_heads", "at most %d elements together".formatted(WIDTH_MAX));
    }
    if (family == Family.GEMMA3
        && text.number("query_pre_attn_scalar", 1, 1e6, 256) != (double) size) {
      throw text.wrong("query_pre_attn_scalar", "head_dim " + size);
    }
    return size;
  }

  private static int experts(JsonObject text) {
    // transformers 5 may save num_experts under another name.
    return text.has("num_local_experts") && !text.has("num_experts")
        ? text.integer("num_local_experts", 1, EXPERTS_MAX)
        : text.integer("num_experts", 1, EXPERTS_MAX);
  }

  /** Every how many layers one attends: as stated, else as layer_types begin, else 4. */
  private static int interval(JsonObject text, int layers) {
    int otherwise = 4;
    List<Object> types = text.list("layer_types").orElse(List.of());
    if (types.contains("full_attention")) {
      otherwise = types.indexOf("full_attention") + 1;
    }
    return text.integer("full_attention_interval", 1, LAYERS_MAX, otherwise);
  }

  private static void checkLayerTypes(JsonObject text, Family family, int layers, int interval) {
    if (family == Family.GEMMA3) {
      text.integer("sliding_window_pattern", 6, 6, 6);
      text.integer("_sliding_window_pattern", 6, 6, 6);
    }
    List<Object> types = text.list("layer_types").orElse(null);
    if (types == null) {
      return;
    }
    if (types.size() != layers) {
      throw text.wrong("layer_types", "one for each of %d layers".formatted(layers));
    }
    for (int layer = 0; layer < layers; layer++) {
      String expected = layerType(family, layer, interval);
      if (!expected.equals(types.get(layer))) {
        throw new ModelFormatException(
            text.file(),
            text.path("layer_types") + "[" + layer + "]",
            JsonObject.describe(types.get(layer)),
            "\"" + expected + "\"");
      }
    }
  }

  private static String layerType(Family family, int layer, int interval) {
    if (family.isHybrid()) {
      return (layer + 1) % interval == 0 ? "full_attention" : "linear_attention";
    }
    boolean slides = family == Family.GEMMA3 && (layer + 1) % 6 != 0;
    return slides ? "sliding_attention" : "full_attention";
  }

  /** Whether a layer is recurrent. */
  boolean isLinear(int layer) {
    return interval > 0 && (layer + 1) % interval != 0;
  }

  /** Value heads of one key head. */
  int valueHeadsEach() {
    return valueHeads / keyHeads;
  }

  /** Rows of all keys of a linear layer, and of all its queries. */
  int keyRows() {
    return keyHeads * keySize;
  }

  int valueRows() {
    return valueHeads * valueSize;
  }

  /** Channels of a linear layer's convolution: queries, keys, values. */
  int channels() {
    return 2 * keyRows() + valueRows();
  }
}
