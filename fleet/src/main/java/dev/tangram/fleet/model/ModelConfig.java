package dev.tangram.fleet.model;

import dev.tangram.fleet.file.Fields;
import dev.tangram.fleet.file.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads a published config.json. Fields that do not change a size are passed over; a model type
 * whose sizes we do not know is refused.
 */
public final class ModelConfig {
  static final String TYPES =
      "deepseek_v3, gemma3_text, gpt_oss, kimi_k2, llama, mistral, qwen2, qwen3, qwen3_moe,"
          + " qwen3_next, qwen3_5, qwen3_5_text, qwen3_5_moe, qwen3_5_moe_text";
  private static final long MAX = 1L << 24;

  private final Fields in;
  private final String type;
  private final long d;
  private final int layers;

  private ModelConfig(Fields in) {
    this.in = in;
    this.type = in.text("model_type");
    this.d = size("hidden_size");
    this.layers = (int) in.integer("num_hidden_layers", 1, 10_000);
  }

  /** The model is named after the folder of its file, if it has one. */
  public static ModelShape read(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent().getFileName();
    return of(folder == null ? file.toString() : folder.toString(), Tree.read(file));
  }

  /** A config as the fields of a file. */
  public static ModelShape of(String name, Fields config) {
    // Qwen3.5 and other models that also see keep their text part inside.
    Optional<Fields> text = config.optionalGroup("text_config");
    boolean tied = config.flag("tie_word_embeddings", false);
    return text.isPresent()
        ? new ModelConfig(text.get())
            .shape(name, tied || text.get().flag("tie_word_embeddings", false))
        : new ModelConfig(config).shape(name, tied || tiedByDefault(config));
  }

  /** Gemma's configs leave the field out. */
  private static boolean tiedByDefault(Fields config) {
    return config.text("model_type").equals("gemma3_text") && !config.has("tie_word_embeddings");
  }

  private ModelShape shape(String name, boolean tied) {
    return switch (type) {
      case "llama", "mistral", "qwen2", "qwen3", "gemma3_text" ->
          assemble(name, tied, grouped(), Optional.empty());
      case "qwen3_moe", "gpt_oss", "qwen3_next", "qwen3_5_moe", "qwen3_5_moe_text" ->
          assemble(name, tied, grouped(), Optional.of(experts()));
      case "qwen3_5", "qwen3_5_text" -> assemble(name, tied, grouped(), Optional.empty());
      case "deepseek_v3", "kimi_k2" -> assemble(name, tied, latent(), Optional.of(latentExperts()));
      default -> throw in.wrong("model_type", '"' + type + '"', TYPES);
    };
  }

  private ModelShape assemble(
      String name, boolean tied, Attention attention, Optional<Experts> experts) {
    int stateLayers = count("linear_attention");
    int windowLayers = windowLayers();
    int denseLayers = layers - experts.map(Experts::layers).orElse(0);
    long dense = denseLayers == 0 ? 0 : denseLayers * 3 * d * size("intermediate_size");
    int normsOfLayer = type.equals("gemma3_text") ? 4 : 2;
    return new ModelShape(
        name,
        type,
        (int) d,
        layers,
        layers - stateLayers - windowLayers,
        windowLayers,
        windowLayers == 0 ? 0 : (int) size("sliding_window"),
        size("vocab_size"),
        tied,
        attention,
        stateLayers == 0 ? Optional.empty() : Optional.of(deltaNet()),
        experts,
        dense,
        (normsOfLayer * (long) layers + 1) * d);
  }

  private Attention grouped() {
    int heads = (int) size("num_attention_heads");
    int kvHeads = (int) in.integer("num_key_value_heads", 1, heads, heads);
    int headSize = (int) in.integer("head_dim", 1, MAX, hybrid() ? 256 : Math.max(1, d / heads));
    boolean queryKeyNorms = type.startsWith("qwen3") || type.equals("gemma3_text");
    long kv = (long) kvHeads * headSize;
    long q = (long) heads * headSize;
    long bias =
        switch (type) {
          case "qwen2" -> q + 2 * kv;
          // Also on the output, and one sink a head.
          case "gpt_oss" -> q + 2 * kv + d + heads;
          default -> in.flag("attention_bias", false) ? q + 2 * kv + d : 0;
        };
    return new Attention.Grouped(
        heads, kvHeads, headSize, hybrid(), bias, queryKeyNorms ? 2L * headSize : 0);
  }

  private Attention latent() {
    return new Attention.Latent(
        (int) size("num_attention_heads"),
        (int) in.integer("q_lora_rank", 0, MAX, 0),
        (int) size("kv_lora_rank"),
        (int) size("qk_nope_head_dim"),
        (int) size("qk_rope_head_dim"),
        (int) size("v_head_dim"));
  }

  private Experts experts() {
    String countName = in.has("num_experts") ? "num_experts" : "num_local_experts";
    int count = (int) in.integer(countName, 1, 100_000);
    int perToken = (int) in.integer("num_experts_per_tok", 1, count);
    if (type.equals("gpt_oss")) {
      // One matrix for gate and up, both with biases, and a router with one.
      long f = size("intermediate_size");
      return new Experts(count, perToken, 3 * d * f + 2 * f + d, d * count + count, layers);
    }
    long shared = in.integer("shared_expert_intermediate_size", 0, MAX, 0);
    long sharedWeights = shared == 0 ? 0 : 3 * d * shared + d;
    int step = (int) in.integer("decoder_sparse_step", 1, layers, 1);
    int without = in.words("mlp_only_layers").size();
    return new Experts(
        count,
        perToken,
        3 * d * size("moe_intermediate_size"),
        d * count + sharedWeights,
        layers / step - without);
  }

  private Experts latentExperts() {
    int count = (int) in.integer("n_routed_experts", 1, 100_000);
    long expert = 3 * d * size("moe_intermediate_size");
    // The router adds a bias to the scores of its experts.
    long shared = in.integer("n_shared_experts", 0, 1000, 0) * expert + d * count + count;
    int first = (int) in.integer("first_k_dense_replace", 0, layers, 0);
    return new Experts(
        count, (int) in.integer("num_experts_per_tok", 1, count), expert, shared, layers - first);
  }

  private DeltaNet deltaNet() {
    return new DeltaNet(
        (int) in.integer("linear_num_key_heads", 1, MAX, 16),
        (int) in.integer("linear_num_value_heads", 1, MAX, 32),
        (int) in.integer("linear_key_head_dim", 1, MAX, 128),
        (int) in.integer("linear_value_head_dim", 1, MAX, 128),
        (int) in.integer("linear_conv_kernel_dim", 1, 64, 4));
  }

  private boolean hybrid() {
    return type.equals("qwen3_next") || type.startsWith("qwen3_5");
  }

  /** Layers of a kind; without a list the interval of the hybrids, or attention throughout. */
  private int count(String kind) {
    List<String> types = in.words("layer_types");
    if (!types.isEmpty()) {
      if (types.size() != layers) {
        throw in.wrong("layer_types", types.size() + " layers", layers + " as num_hidden_layers");
      }
      return (int) types.stream().filter(kind::equals).count();
    }
    if (!hybrid() || !kind.equals("linear_attention")) {
      return 0;
    }
    return layers - layers / (int) in.integer("full_attention_interval", 1, layers, 4);
  }

  private int windowLayers() {
    if (in.has("layer_types")) {
      return count("sliding_attention");
    }
    return switch (type) {
      case "gemma3_text" ->
          layers - layers / (int) in.integer("_sliding_window_pattern", 1, layers, 6);
      case "gpt_oss" -> (layers + 1) / 2;
      default -> 0;
    };
  }

  private long size(String name) {
    return in.integer(name, 1, MAX);
  }
}
