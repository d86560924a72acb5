package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;

import jdk.incubator.vector.FloatVector;

/** Layer norm and the exact GELU. */
final class EncoderRows {
  // The error function as an odd rational function of degree 9 over 12, absolute error below 4e-7
  // up to where it rounds to one (the coefficients of XLA's ErfImpl32, Apache-2.0).
  private static final float ERF_ONE = 3.832506856900711f;
  private static final float ROOT_HALF = (float) Math.sqrt(0.5);

  private EncoderRows() {}

  static void layerNorm(
      float[] x, int from, int length, float[] weight, float[] bias, float eps, float[] y) {
    float mean = sum(x, from, length) / length;
    float variance = squares(x, from, length, mean) / length;
    float factor = (float) (1 / Math.sqrt((double) variance + eps));
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      FloatVector.fromArray(F, x, from + i)
          .sub(mean)
          .mul(factor)
          .mul(FloatVector.fromArray(F, weight, i))
          .add(FloatVector.fromArray(F, bias, i))
          .intoArray(y, from + i);
    }
    for (; i < length; i++) {
      y[from + i] = (x[from + i] - mean) * factor * weight[i] + bias[i];
    }
  }

  private static float sum(float[] x, int from, int length) {
    FloatVector sum = FloatVector.zero(F);
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      sum = sum.add(FloatVector.fromArray(F, x, from + i));
    }
    float[] lanes = new float[COUNT];
    sum.intoArray(lanes, 0);
    float total = Lanes.total(lanes);
    for (; i < length; i++) {
      total += x[from + i];
    }
    return total;
  }

  private static float squares(float[] x, int from, int length, float mean) {
    FloatVector sum = FloatVector.zero(F);
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      FloatVector d = FloatVector.fromArray(F, x, from + i).sub(mean);
      sum = d.fma(d, sum);
    }
    float[] lanes = new float[COUNT];
    sum.intoArray(lanes, 0);
    float total = Lanes.total(lanes);
    for (; i < length; i++) {
      total += (x[from + i] - mean) * (x[from + i] - mean);
    }
    return total;
  }

  static void gelu(float[] x, int from, int to) {
    float[] piece = Exponentials.piece();
    for (int at = from; at < to; at += Exponentials.PIECE) {
      int count = Math.min(Exponentials.PIECE, to - at);
      System.arraycopy(x, at, piece, 0, count);
      erf(piece, Exponentials.padded(count), ROOT_HALF);
      int i = 0;
      for (; i + COUNT <= count; i += COUNT) {
        FloatVector.fromArray(F, x, at + i)
            .mul(0.5f)
            .mul(FloatVector.fromArray(F, piece, i).add(1))
            .intoArray(x, at + i);
      }
      for (; i < count; i++) {
        x[at + i] = x[at + i] * 0.5f * (piece[i] + 1);
      }
    }
  }

  /** {@code x[i] = erf(factor x[i])} of the first {@code count}, which are whole registers. */
  private static void erf(float[] x, int count, float factor) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector z = FloatVector.fromArray(F, x, i).mul(factor).max(-ERF_ONE).min(ERF_ONE);
      FloatVector square = z.mul(z);
      FloatVector top = FloatVector.broadcast(F, 2.2905065861350646e-4f);
      top = top.fma(square, FloatVector.broadcast(F, 3.4082910107109506e-3f));
      top = top.fma(square, FloatVector.broadcast(F, 5.0955695062380861e-2f));
      top = top.fma(square, FloatVector.broadcast(F, 1.8520832239976145e-1f));
      top = top.fma(square, FloatVector.broadcast(F, 1.128379143519084f));
      FloatVector bottom = FloatVector.broadcast(F, -1.1791602954361697e-7f);
      bottom = bottom.fma(square, FloatVector.broadcast(F, 2.3547966471313185e-5f));
      bottom = bottom.fma(square, FloatVector.broadcast(F, 1.0179625278914885e-3f));
      bottom = bottom.fma(square, FloatVector.broadcast(F, 1.4070470171167667e-2f));
      bottom = bottom.fma(square, FloatVector.broadcast(F, 1.1098505178285362e-1f));
      bottom = bottom.fma(square, FloatVector.broadcast(F, 4.9746925110067538e-1f));
      bottom = bottom.fma(square, FloatVector.broadcast(F, 1));
      z.mul(top).div(bottom).max(-1).min(1).intoArray(x, i);
    }
  }
}
