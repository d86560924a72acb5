package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.json.JsonFiles;
import dev.tangram.engine.file.json.JsonObject;
import java.nio.file.Path;
import java.util.List;

/**
 * A checkpoint's config.json.
 *
 * @param root the whole file
 * @param text what describes the language model: text_config of a model that also sees, else root
 */
record Config(Family family, JsonObject root, JsonObject text) {
  static final String NAME = "config.json";

  /** Lists of modules that are not quantised can be long. */
  private static final int BYTES_MAX = 16 << 20;

  static Config read(Path folder) {
    Path path = folder.resolve(NAME);
    return of(JsonObject.parse(JsonFiles.read(path, BYTES_MAX), path.toString()));
  }

  static Config of(JsonObject root) {
    JsonObject text = root.object("text_config").orElse(root);
    Family family = family(root);
    if (text != root && text.has("model_type") && family(text) != family) {
      throw text.wrong("model_type", "the kind of the outer " + root.value("model_type"));
    }
    Config config = new Config(family, root, text);
    config.refuseUnknownQuantization();
    config.refuseWhatIsNotRun();
    return config;
  }

  private static Family family(JsonObject object) {
    String type = object.string("model_type").orElse(null);
    Family family = type == null ? null : Family.of(type);
    if (family == null) {
      throw object.wrong("model_type", "one of " + Family.MODEL_TYPES);
    }
    return family;
  }

  /** Whether the output uses the embedding's rows; the outer word counts. */
  boolean tied() {
    boolean inner = text.flag("tie_word_embeddings", family == Family.GEMMA3);
    return root.flag("tie_word_embeddings", inner);
  }

  /** Whether the weights of the experts that a token goes to are divided by their sum. */
  boolean expertWeightsSumToOne() {
    return family == Family.QWEN35_MOE || text.flag("norm_topk_prob", family == Family.QWEN3_NEXT);
  }

  private void refuseUnknownQuantization() {
    for (JsonObject level : text == root ? List.of(root) : List.of(root, text)) {
      if (level.has("compression_config")) {
        throw level.wrong("compression_config", "no compression");
      }
      JsonObject quantization = level.object("quantization_config").orElse(null);
      if (quantization == null) {
        continue;
      }
      require(quantization, "quant_method", "fp8", null);
      require(quantization, "fmt", "e4m3", "e4m3");
      if (quantization.has("weight_block_size")
          && !List.of((long) Fp8Rows.BLOCK, (long) Fp8Rows.BLOCK)
              .equals(quantization.list("weight_block_size").orElseThrow())) {
        throw quantization.wrong("weight_block_size", "[128, 128]");
      }
    }
  }

  /** What would need code that the engine has not: a wrong guess makes wrong text. */
  private void refuseWhatIsNotRun() {
    boolean gemma = family == Family.GEMMA3;
    String activation = gemma && text.has("hidden_activation") ? "hidden_activation" : "hidden_act";
    String expected = gemma ? "gelu_pytorch_tanh" : "silu";
    require(text, activation, expected, expected);
    require(text, "attention_bias", false, false);
    require(text, "mlp_bias", false, false);
    require(text, "use_sliding_window", false, false);
    require(text, "use_bidirectional_attention", false, false);
    require(text, "attn_output_gate", true, true);
    require(text, "mtp_use_dedicated_embeddings", false, false);
    require(text, "output_gate_type", "swish", "swish");
    for (String cap : List.of("final_logit_softcapping", "attn_logit_softcapping")) {
      if (text.has(cap)) {
        throw text.wrong(cap, "null");
      }
    }
    if (family == Family.QWEN3_MOE || family == Family.QWEN3_NEXT) {
      text.integer("decoder_sparse_step", 1, 1, 1);
      if (!text.list("mlp_only_layers").orElse(List.of()).isEmpty()) {
        throw text.wrong("mlp_only_layers", "an empty array: experts in every layer");
      }
    }
  }

  /**
   * @param otherwise what an absent member means
   */
  private static void require(JsonObject object, String name, Object allowed, Object otherwise) {
    Object value = object.has(name) ? object.value(name) : otherwise;
    if (!allowed.equals(value)) {
      String shown = allowed instanceof String ? "\"" + allowed + "\"" : allowed.toString();
      throw object.wrong(name, shown);
    }
  }
}
