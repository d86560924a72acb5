package dev.tangram.engine.model;

import dev.tangram.kernel.DeltaShape;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import java.util.Arrays;
import java.util.List;

/**
 * A Gated DeltaNet layer: project, convolve, run the delta rule, norm each head, gate, project
 * back. It keeps a state of fixed size of each sequence and no keys or values.
 *
 * <p>Shapes: mixed W[C, D] makes all queries, keys and values; gate W[Hv dv, D]; write and alpha
 * W[Hv, D]; decayRate and timeBias [Hv]; convolution [taps, C]; norm [dv], shared by the heads;
 * output W[D, Hv dv].
 *
 * <p>Source: Yang, Kautz, Hatamizadeh, Gated Delta Networks, 2024.
 */
final class DeltaNet implements Sublayer {
  private final DeltaShape delta;
  private final int stateLayer;
  private final float eps;
  private final Matrix mixed;
  private final Matrix gate;
  private final Matrix write;
  private final Matrix alpha;
  private final float[] decayRate;
  private final float[] timeBias;
  private final float[] convolution;
  private final float[] norm;
  private final Matrix output;

  // What the convolution and the delta rule read of the last step's first rows.
  private float[] keptInputs = {};
  private float[] keptDecay = {};
  private float[] keptWrite = {};

  /**
   * @param block whose tensors these are
   * @param stateLayer where its states are kept
   */
  DeltaNet(Weights weights, Hyperparameters shape, int block, int stateLayer) {
    String prefix = "blk." + block + ".";
    this.delta = shape.delta().shape();
    this.stateLayer = stateLayer;
    this.eps = shape.eps();
    List<Matrix> inputs = inputs(weights, prefix, shape.width());
    this.mixed = inputs.get(0);
    this.gate = inputs.get(1);
    List<Matrix> writeAndAlpha = writeAndAlpha(weights, prefix, shape.width());
    this.write = writeAndAlpha.get(0);
    this.alpha = writeAndAlpha.get(1);
    // Above 0 a state would grow; such a file has the logarithms that it should have converted.
    this.decayRate = weights.vectorNotAboveZero(prefix + "ssm_a", delta.valueHeads());
    this.timeBias = weights.vector(prefix + "ssm_dt.bias", delta.valueHeads());
    this.convolution =
        weights.transposed(prefix + "ssm_conv1d.weight", delta.channels(), shape.delta().taps());
    this.norm = weights.vector(prefix + "ssm_norm.weight", delta.valueSize());
    this.output = weights.matrix(prefix + "ssm_out.weight", shape.width(), delta.inner());
  }

  /** Old files of qwen3next keep both in one tensor, key head by key head: q, k, v, gate. */
  private List<Matrix> inputs(Weights weights, String prefix, int width) {
    if (!weights.has(prefix + "ssm_in.weight")) {
      return Arrays.asList(
          weights.matrix(prefix + "attn_qkv.weight", delta.channels(), width),
          weights.matrix(prefix + "attn_gate.weight", delta.inner(), width));
    }
    int groups = delta.keyHeads();
    int keys = delta.keySize();
    int values = delta.inner() / groups;
    int stride = 2 * keys + 2 * values;
    return weights.split(
        prefix + "ssm_in.weight",
        width,
        RowOrder.join(
            RowOrder.of(groups, stride, 0, keys),
            RowOrder.of(groups, stride, keys, keys),
            RowOrder.of(groups, stride, 2 * keys, values)),
        RowOrder.of(groups, stride, 2 * keys + values, values));
  }

  /** Files of qwen3next keep both in one tensor, key head by key head. */
  private List<Matrix> writeAndAlpha(Weights weights, String prefix, int width) {
    boolean apart = delta.tiled() || weights.has(prefix + "ssm_beta.weight");
    if (apart && !weights.has(prefix + "ssm_ba.weight")) {
      return Arrays.asList(
          weights.matrix(prefix + "ssm_beta.weight", delta.valueHeads(), width),
          weights.matrix(prefix + "ssm_alpha.weight", delta.valueHeads(), width));
    }
    int groups = delta.keyHeads();
    int heads = delta.valueHeads() / groups;
    return weights.split(
        prefix + "ssm_ba.weight",
        width,
        RowOrder.of(groups, 2 * heads, 0, heads),
        RowOrder.of(groups, 2 * heads, heads, heads));
  }

  @Override
  public void forward(Step step, float[] x, float[] y) {
    Kernels kernels = step.kernels();
    Scratch.Delta scratch = step.scratch().delta;
    int tokens = step.tokens();
    kernels.multiply(mixed, x, tokens, scratch.inputs);
    kernels.multiply(gate, x, tokens, scratch.gate);
    kernels.multiply(write, x, tokens, scratch.write);
    kernels.multiply(alpha, x, tokens, scratch.decay);
    activate(tokens, scratch.write, scratch.decay);
    keptInputs = keep(scratch.inputs, step.keptRows() * delta.channels(), keptInputs);
    keptDecay = keep(scratch.decay, step.keptRows() * delta.valueHeads(), keptDecay);
    keptWrite = keep(scratch.write, step.keptRows() * delta.valueHeads(), keptWrite);
    recur(
        kernels, step.spans(), step.state(), scratch.inputs, scratch.decay, scratch.write, scratch);
    kernels.rmsNorm(
        scratch.heads, tokens * delta.valueHeads(), delta.valueSize(), norm, eps, scratch.heads);
    kernels.siluMultiply(scratch.gate, scratch.heads, tokens * delta.inner());
    kernels.multiply(output, scratch.gate, tokens, y);
  }

  /** As {@link Model#again}, for this layer. */
  void again(Kernels kernels, List<Span> spans, StateMemory state, Scratch scratch) {
    recur(kernels, spans, state, keptInputs, keptDecay, keptWrite, scratch.delta);
  }

  private void recur(
      Kernels kernels,
      List<Span> spans,
      StateMemory state,
      float[] inputs,
      float[] decay,
      float[] write,
      Scratch.Delta scratch) {
    kernels.convolve(
        state, stateLayer, spans, delta.channels(), convolution, inputs, scratch.mixed);
    kernels.deltaRule(state, stateLayer, spans, delta, scratch.mixed, decay, write, scratch.heads);
  }

  private static float[] keep(float[] from, int count, float[] to) {
    float[] kept = to.length < count ? new float[count] : to;
    System.arraycopy(from, 0, kept, 0, count);
    return kept;
  }

  /** Sigmoid of how much to write; decay = rate * softplus(alpha + bias), never above 0. */
  private void activate(int tokens, float[] write, float[] decay) {
    int heads = delta.valueHeads();
    for (int i = 0; i < tokens * heads; i++) {
      write[i] = (float) (1 / (1 + Math.exp(-write[i])));
      double a = decay[i] + timeBias[i % heads];
      double softplus = Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
      decay[i] = (float) (decayRate[i % heads] * softplus);
    }
  }
}
