package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;

/**
 * The end of a forward pass: picks rows of {@code scratch.hidden}, norms them, multiplies them by
 * the vocabulary.
 *
 * @param norm [D]
 * @param output W[V, D]
 */
record OutputHead(Hyperparameters shape, float[] norm, Matrix output) {
  /** Fills hidden[rows, D] with rows of the step, normed. */
  void hidden(Kernels kernels, int[] rows, Scratch scratch, float[] hidden) {
    int width = shape.width();
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(scratch.hidden, rows[i] * width, hidden, i * width, width);
    }
    if (rows.length > 0) {
      kernels.rmsNorm(hidden, rows.length, width, norm, shape.eps(), hidden);
    }
  }

  /**
   * @param rows of the step
   * @param logits [rows, V], or null
   * @param hidden [rows, D] after the norm, or null
   */
  void forward(Kernels kernels, int[] rows, Scratch scratch, float[] logits, float[] hidden) {
    int width = shape.width();
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(scratch.hidden, rows[i] * width, scratch.selected, i * width, width);
    }
    if (rows.length > 0) {
      kernels.rmsNorm(scratch.selected, rows.length, width, norm, shape.eps(), scratch.selected);
      if (hidden != null) {
        System.arraycopy(scratch.selected, 0, hidden, 0, rows.length * width);
      }
      if (logits != null) {
        kernels.multiply(output, scratch.selected, rows.length, logits);
      }
    }
  }
}
