package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;
import java.util.Arrays;
import java.util.List;

/**
 * The mixture of experts: a router chooses for each token the experts it passes, whose results are
 * added by weight; where the architecture has one, a shared expert adds its own behind a sigmoid.
 *
 * <p>The step's (token, expert) pairs are grouped by expert, so that an expert's weights are read
 * once for all of its tokens, and those of an expert without tokens never.
 *
 * <p>Shapes: router W[E, D]; per expert gate and up W[F, D], down W[D, F]; shared gate W[1, D].
 */
final class Experts implements Sublayer {
  private final ExpertNumbers numbers;
  private final int width;
  private final Matrix router;
  private final List<Matrix> gates;
  private final List<Matrix> ups;
  private final List<Matrix> downs;
  private final FeedForward shared;
  private final Matrix sharedGate;

  Experts(Weights weights, Hyperparameters shape, int layer) {
    String prefix = "blk." + layer + ".ffn_";
    this.numbers = shape.experts();
    this.width = shape.width();
    int count = numbers.count();
    this.router = weights.matrix(prefix + "gate_inp.weight", count, width);
    if (weights.has(prefix + "gate_up_exps.weight")) {
      List<List<Matrix>> both =
          weights.stacked(
              prefix + "gate_up_exps.weight", count, width, numbers.width(), numbers.width());
      this.gates = both.get(0);
      this.ups = both.get(1);
    } else {
      this.gates = weights.matrices(prefix + "gate_exps.weight", count, numbers.width(), width);
      this.ups = weights.matrices(prefix + "up_exps.weight", count, numbers.width(), width);
    }
    this.downs = weights.matrices(prefix + "down_exps.weight", count, width, numbers.width());
    boolean shares = numbers.sharedWidth() > 0;
    this.shared = shares ? FeedForward.shared(weights, shape, layer) : null;
    this.sharedGate = shares ? weights.row(prefix + "gate_inp_shexp.weight", width) : null;
  }

  @Override
  public void forward(Step step, float[] x, float[] y) {
    Kernels kernels = step.kernels();
    Scratch.Experts scratch = step.scratch().experts;
    int tokens = step.tokens();
    int used = numbers.used();
    kernels.multiply(router, x, tokens, scratch.logits);
    kernels.route(
        scratch.logits,
        tokens,
        numbers.count(),
        used,
        numbers.normalised(),
        scratch.chosen,
        scratch.weights);
    group(tokens * used, scratch);
    gather(tokens, scratch, x);
    kernels.multiply(gates, scratch.starts, scratch.gathered, scratch.gate);
    kernels.multiply(ups, scratch.starts, scratch.gathered, scratch.up);
    kernels.siluMultiply(scratch.gate, scratch.up, tokens * used * numbers.width());
    kernels.multiply(downs, scratch.starts, scratch.gate, scratch.parts);
    kernels.combine(scratch.parts, scratch.rows, scratch.weights, tokens, used, width, y);
    if (shared != null) {
      share(step, scratch, x, y);
    }
  }

  /** Counting sort: the row of each pair among the pairs in order of expert, then of token. */
  private void group(int pairs, Scratch.Experts scratch) {
    int count = numbers.count();
    int[] starts = scratch.starts;
    int[] next = scratch.next;
    Arrays.fill(next, 0);
    for (int i = 0; i < pairs; i++) {
      next[scratch.chosen[i]]++;
    }
    starts[0] = 0;
    for (int e = 0; e < count; e++) {
      starts[e + 1] = starts[e] + next[e];
      next[e] = starts[e];
    }
    for (int i = 0; i < pairs; i++) {
      scratch.rows[i] = next[scratch.chosen[i]]++;
    }
  }

  private void gather(int tokens, Scratch.Experts scratch, float[] x) {
    int used = numbers.used();
    for (int t = 0; t < tokens; t++) {
      for (int j = 0; j < used; j++) {
        int row = scratch.rows[t * used + j];
        System.arraycopy(x, t * width, scratch.gathered, row * width, width);
      }
    }
  }

  private void share(Step step, Scratch.Experts scratch, float[] x, float[] y) {
    shared.forward(step, x, scratch.shared);
    step.kernels().multiply(sharedGate, x, step.tokens(), scratch.sharedGate);
    for (int t = 0; t < step.tokens(); t++) {
      float weight = (float) (1 / (1 + Math.exp(-scratch.sharedGate[t])));
      for (int i = t * width; i < (t + 1) * width; i++) {
        y[i] += weight * scratch.shared[i];
      }
    }
  }
}
