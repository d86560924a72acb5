package dev.tangram.lab.random;

import dev.tangram.kernel.Format;
import java.util.ArrayList;
import java.util.List;

/** Which tensors a shape has: GGUF's names and shapes, in file order. */
final class Plan {
  /** What a tensor's values shall look like. */
  enum Values {
    /** Centred on 0, so wide that a product keeps its input's size. */
    WEIGHTS,
    /** Norms: 1. */
    ONES,
    /** ssm_a: -exp of something, between -8 and -0.5. */
    DECAYS,
    /** Small numbers around 0. */
    SMALL
  }

  record Planned(String name, Format format, Values values, long[] shape) {}

  private final RandomShape shape;
  private final Format format;
  private final List<Planned> tensors = new ArrayList<>();

  private Plan(RandomShape shape, Format format) {
    this.shape = shape;
    this.format = format;
  }

  static List<Planned> of(RandomShape shape, Format format) {
    Plan plan = new Plan(shape, format);
    plan.weights("token_embd.weight", shape.width, shape.vocabulary);
    plan.ones("output_norm.weight", shape.width);
    for (int i = 0; i < shape.layers; i++) {
      plan.layer("blk." + i + ".", shape.attends(i));
    }
    return plan.tensors;
  }

  private void layer(String prefix, boolean attends) {
    ones(prefix + "attn_norm.weight", shape.width);
    if (attends) {
      attention(prefix + "attn_");
    } else {
      delta(prefix);
    }
    ones(prefix + (shape.isHybrid() ? "post_attention_norm" : "ffn_norm") + ".weight", shape.width);
    if (shape.experts > 0) {
      experts(prefix + "ffn_");
    } else {
      weights(prefix + "ffn_gate.weight", shape.width, shape.feedForward);
      weights(prefix + "ffn_up.weight", shape.width, shape.feedForward);
      weights(prefix + "ffn_down.weight", shape.feedForward, shape.width);
    }
  }

  private void attention(String prefix) {
    int query = shape.heads * shape.headSize;
    int key = shape.kvHeads * shape.headSize;
    // The query of a hybrid comes with a gate of its size.
    weights(prefix + "q.weight", shape.width, shape.isHybrid() ? 2 * query : query);
    weights(prefix + "k.weight", shape.width, key);
    weights(prefix + "v.weight", shape.width, key);
    weights(prefix + "output.weight", query, shape.width);
    ones(prefix + "q_norm.weight", shape.headSize);
    ones(prefix + "k_norm.weight", shape.headSize);
  }

  private void delta(String prefix) {
    int inner = shape.valueHeads * shape.stateSize;
    int channels = 2 * shape.keyHeads * shape.stateSize + inner;
    weights(prefix + "attn_qkv.weight", shape.width, channels);
    weights(prefix + "attn_gate.weight", shape.width, inner);
    if (shape.architecture.equals("qwen3next")) {
      weights(prefix + "ssm_ba.weight", shape.width, 2L * shape.valueHeads);
    } else {
      weights(prefix + "ssm_beta.weight", shape.width, shape.valueHeads);
      weights(prefix + "ssm_alpha.weight", shape.width, shape.valueHeads);
    }
    add(prefix + "ssm_conv1d.weight", Format.F32, Values.SMALL, 4, channels);
    add(prefix + "ssm_a", Format.F32, Values.DECAYS, shape.valueHeads);
    add(prefix + "ssm_dt.bias", Format.F32, Values.SMALL, shape.valueHeads);
    ones(prefix + "ssm_norm.weight", shape.stateSize);
    weights(prefix + "ssm_out.weight", inner, shape.width);
  }

  private void experts(String prefix) {
    add(prefix + "gate_inp.weight", Format.F32, Values.WEIGHTS, shape.width, shape.experts);
    weights(prefix + "gate_exps.weight", shape.width, shape.expertWidth, shape.experts);
    weights(prefix + "up_exps.weight", shape.width, shape.expertWidth, shape.experts);
    weights(prefix + "down_exps.weight", shape.expertWidth, shape.width, shape.experts);
    if (shape.sharedWidth > 0) {
      add(prefix + "gate_inp_shexp.weight", Format.F32, Values.SMALL, shape.width);
      weights(prefix + "gate_shexp.weight", shape.width, shape.sharedWidth);
      weights(prefix + "up_shexp.weight", shape.width, shape.sharedWidth);
      weights(prefix + "down_shexp.weight", shape.sharedWidth, shape.width);
    }
  }

  private void weights(String name, long... dimensions) {
    add(name, format, Values.WEIGHTS, dimensions);
  }

  private void ones(String name, long length) {
    add(name, Format.F32, Values.ONES, length);
  }

  private void add(String name, Format format, Values values, long... dimensions) {
    tensors.add(new Planned(name, format, values, dimensions));
  }
}
