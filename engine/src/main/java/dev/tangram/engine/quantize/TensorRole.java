package dev.tangram.engine.quantize;

import dev.tangram.engine.file.Tensor;
import java.util.List;
import java.util.regex.Pattern;

/** What a tensor is for, as far as its type depends on that; told from its name. */
enum TensorRole {
  OUTPUT,
  EMBEDDING,
  /** Values, alone or together with queries and keys: they bear coarse steps worst. */
  VALUE,
  KEY,
  ATTENTION_OUTPUT,
  FFN_DOWN,
  OTHER;

  /** Small tensors of which every digit counts, by a part of their names. */
  private static final List<String> KEPT =
      List.of(
          "_norm.weight",
          "ffn_gate_inp.weight",
          "altup",
          "laurel",
          "per_layer_model_proj",
          "ssm_conv1d",
          "shortconv.conv.weight",
          "indexer.k_proj.weight",
          "indexer.q_proj.weight",
          "time_mix_first.weight",
          "time_mix_lerp_fused.weight",
          "attn_rel_b.weight",
          ".position_embd");

  /** The small factors of RWKV's low-rank products. */
  private static final Pattern KEPT_FACTORS =
      Pattern.compile(".*time_mix_([wva][0-2]|g[12]|decay_w[12])\\.weight");

  private static final List<String> KEPT_WHOLE =
      List.of("position_embd.weight", "token_types.weight");

  static TensorRole of(String name) {
    return switch (name) {
      case "output.weight" -> OUTPUT;
      case "token_embd.weight", "per_layer_token_embd.weight" -> EMBEDDING;
      default -> ofLayer(name);
    };
  }

  private static TensorRole ofLayer(String name) {
    if (name.contains("attn_qkv.weight")
        || name.contains("attn_kv_b.weight")
        || name.contains("attn_v.weight")) {
      return VALUE;
    }
    if (name.contains("attn_k.weight")) {
      return KEY;
    }
    if (name.contains("attn_output.weight")) {
      return ATTENTION_OUTPUT;
    }
    return name.contains("ffn_down") ? FFN_DOWN : OTHER;
  }

  /** Whether a tensor is a matrix, or a stack of them, that may lose digits. */
  static boolean mayChange(Tensor tensor) {
    String name = tensor.name();
    // What is [n, 1] is a vector.
    long longer = tensor.shape().stream().skip(1).filter(size -> size > 1).count();
    return longer > 0
        && name.endsWith("weight")
        && !KEPT_WHOLE.contains(name)
        && !KEPT_FACTORS.matcher(name).matches()
        && KEPT.stream().noneMatch(name::contains);
  }
}
