package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.hf.Floats.Change;
import java.util.ArrayList;
import java.util.List;

/**
 * Presents a checkpoint's tensors under GGUF's names and in GGUF's order of rows, as the usual
 * converter would write them.
 */
final class Layers {
  private final Layout layout;
  private final Family family;
  private final Dimensions dimensions;

  Layers(Layout layout, Family family, Dimensions dimensions) {
    this.layout = layout;
    this.family = family;
    this.dimensions = dimensions;
  }

  /**
   * Presents everything.
   *
   * @param tied whether the output uses the embedding
   * @param divisors of the rotary frequencies, or null
   */
  void present(boolean tied, float[] divisors) {
    String embedding =
        layout.firstOf(
            "model.embed_tokens.weight",
            "model.language_model.embed_tokens.weight",
            "language_model.model.embed_tokens.weight",
            // A decoder saved without its head, as embedding models are.
            "embed_tokens.weight");
    String prefix = embedding.substring(0, embedding.length() - "embed_tokens.weight".length());
    long vocabulary = dimensions.vocabulary();
    layout.matrix("token_embd.weight", layout.stored(embedding, vocabulary, dimensions.width()));
    norm("output_norm.weight", prefix + "norm.weight", dimensions.width());
    String head = layout.firstOf("lm_head.weight", "language_model.lm_head.weight");
    boolean headless = prefix.isEmpty() && !layout.has(head);
    if (!tied && !headless) {
      layout.matrix("output.weight", layout.stored(head, vocabulary, dimensions.width()));
    } else if (layout.has(head)) {
      // Saved although it is the embedding: transformers ties them again, whatever it holds.
      layout.ignore(head);
    }
    for (int layer = 0; layer < dimensions.layers(); layer++) {
      layer("blk." + layer + ".", prefix + "layers." + layer + ".", dimensions.isLinear(layer));
    }
    if (dimensions.nextLayers() > 0) {
      next("blk." + dimensions.layers() + ".");
    }
    if (divisors != null) {
      layout.vector("rope_freqs.weight", new GivenRow(divisors));
    }
  }

  /** The layer that predicts one token more: it attends to everything and has its own norms. */
  private void next(String to) {
    long width = dimensions.width();
    layer(to, "mtp.layers.0.", false);
    layout.matrix(to + "nextn.eh_proj.weight", layout.stored("mtp.fc.weight", width, 2 * width));
    norm(to + "nextn.enorm.weight", "mtp.pre_fc_norm_embedding.weight", width);
    norm(to + "nextn.hnorm.weight", "mtp.pre_fc_norm_hidden.weight", width);
    norm(to + "nextn.shared_head_norm.weight", "mtp.norm.weight", width);
  }

  private void layer(String to, String from, boolean linear) {
    long width = dimensions.width();
    norm(to + "attn_norm.weight", from + "input_layernorm.weight", width);
    boolean postNorm = family.isHybrid() || family == Family.GEMMA3;
    norm(
        to + (postNorm ? "post_attention_norm.weight" : "ffn_norm.weight"),
        from + "post_attention_layernorm.weight",
        width);
    if (family == Family.GEMMA3) {
      norm(to + "ffn_norm.weight", from + "pre_feedforward_layernorm.weight", width);
      norm(to + "post_ffw_norm.weight", from + "post_feedforward_layernorm.weight", width);
    }
    if (linear) {
      new LinearLayer(layout, family, dimensions).present(to, from + "linear_attn.");
    } else {
      attention(to, from + "self_attn.");
    }
    if (family.hasExperts()) {
      experts(to, from + "mlp.");
    } else {
      feedForward(to, "", from + "mlp.", dimensions.feedForward());
    }
  }

  private void attention(String to, String from) {
    long width = dimensions.width();
    long headSize = dimensions.headSize();
    long queries = dimensions.heads() * headSize;
    long keys = dimensions.kvHeads() * headSize;
    // The hybrids' queries carry a gate of the same size, head by head.
    long queryRows = family.isHybrid() ? 2 * queries : queries;
    projection(to + "attn_q", from + "q_proj", queryRows, true);
    projection(to + "attn_k", from + "k_proj", keys, true);
    projection(to + "attn_v", from + "v_proj", keys, false);
    layout.matrix(to + "attn_output.weight", layout.stored(from + "o_proj.weight", width, queries));
    if (family.hasHeadNorms()) {
      norm(to + "attn_q_norm.weight", from + "q_norm.weight", headSize);
      norm(to + "attn_k_norm.weight", from + "k_norm.weight", headSize);
    }
  }

  private void projection(String to, String from, long rows, boolean turns) {
    Rows weights = layout.stored(from + ".weight", rows, dimensions.width());
    if (turns && family == Family.LLAMA) {
      weights = OrderedRows.adjacentPairs(weights, dimensions.headSize());
    }
    layout.matrix(to + ".weight", weights);
    if (family == Family.QWEN2) {
      layout.vector(to + ".bias", layout.stored(from + ".bias", rows));
    }
  }

  /**
   * @param suffix "" or "_shexp"
   */
  private void feedForward(String to, String suffix, String from, long inner) {
    long width = dimensions.width();
    layout.matrix(
        to + "ffn_gate" + suffix + ".weight",
        layout.stored(from + "gate_proj.weight", inner, width));
    layout.matrix(
        to + "ffn_up" + suffix + ".weight", layout.stored(from + "up_proj.weight", inner, width));
    layout.matrix(
        to + "ffn_down" + suffix + ".weight",
        layout.stored(from + "down_proj.weight", width, inner));
  }

  private void experts(String to, String from) {
    long width = dimensions.width();
    int count = dimensions.experts();
    layout.floatMatrix(
        to + "ffn_gate_inp.weight", layout.stored(from + "gate.weight", count, width));
    if (layout.has(from + "experts.gate_up_proj")
        || layout.has(from + "experts.gate_up_proj.weight")) {
      fusedExperts(to, from + "experts.");
    } else {
      long inner = dimensions.expertFeedForward();
      stackedExperts(to + "ffn_gate_exps.weight", from, "gate_proj", inner, width);
      stackedExperts(to + "ffn_up_exps.weight", from, "up_proj", inner, width);
      stackedExperts(to + "ffn_down_exps.weight", from, "down_proj", width, inner);
    }
    if (family.hasSharedExpert()) {
      layout.vector(
          to + "ffn_gate_inp_shexp.weight",
          layout.stored(from + "shared_expert_gate.weight", 1, width));
      feedForward(to, "_shexp", from + "shared_expert.", dimensions.sharedFeedForward());
    }
  }

  private void stackedExperts(String to, String from, String name, long rows, long columns) {
    List<Rows> matrices = new ArrayList<>(dimensions.experts());
    for (int expert = 0; expert < dimensions.experts(); expert++) {
      matrices.add(
          layout.stored(from + "experts." + expert + "." + name + ".weight", rows, columns));
    }
    layout.stacked(to, matrices);
  }

  /** One tensor for the gates and ups of all experts, the gate's rows first. */
  private void fusedExperts(String to, String from) {
    int count = dimensions.experts();
    long width = dimensions.width();
    long inner = dimensions.expertFeedForward();
    List<Rows> both =
        layout.stack(
            layout.firstOf(from + "gate_up_proj", from + "gate_up_proj.weight"),
            count,
            count,
            2 * inner,
            width);
    layout.stacked(to + "ffn_gate_exps.weight", both.stream().map(m -> m.range(0, inner)).toList());
    layout.stacked(
        to + "ffn_up_exps.weight", both.stream().map(m -> m.range(inner, inner)).toList());
    layout.stacked(
        to + "ffn_down_exps.weight",
        layout.stack(
            layout.firstOf(from + "down_proj", from + "down_proj.weight"),
            count,
            count,
            width,
            inner));
  }

  private void norm(String to, String from, long length) {
    Rows stored = layout.stored(from, length);
    layout.vector(
        to, family.isZeroCentred() ? new Floats(stored, Change.PLUS_ONE) : Floats.of(stored));
  }
}
