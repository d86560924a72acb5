package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Layer norm and the exact GELU. */
final class EncoderRows {
  // The error function as an odd rational function of degree 9 over 12, absolute error below 4e-7
  // up to where it rounds to one (the coefficients of XLA's ErfImpl32, Apache-2.0).
  private static final float ERF_ONE = 3.832506856900711f;
  private static final float[] ERF_TOP = {
    2.2905065861350646e-4f,
    3.4082910107109506e-3f,
    5.0955695062380861e-2f,
    1.8520832239976145e-1f,
    1.128379143519084f
  };
  private static final float[] ERF_BOTTOM = {
    -1.1791602954361697e-7f,
    2.3547966471313185e-5f,
    1.0179625278914885e-3f,
    1.4070470171167667e-2f,
    1.1098505178285362e-1f,
    4.9746925110067538e-1f,
    1
  };
  private static final float ROOT_HALF = (float) Math.sqrt(0.5);

  private EncoderRows() {}

  /** Sums lane by lane, because the order of reduceLanes is not promised. */
  private static float total(FloatVector sum) {
    float total = 0;
    for (int lane = 0; lane < COUNT; lane++) {
      total += sum.lane(lane);
    }
    return total;
  }

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
    float total = total(sum);
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
    float total = total(sum);
    for (; i < length; i++) {
      total += (x[from + i] - mean) * (x[from + i] - mean);
    }
    return total;
  }

  /** The tail is a masked register: an element's value does not depend on where the batch ends. */
  static void gelu(float[] x, int from, int to) {
    int i = from;
    for (; i + COUNT <= to; i += COUNT) {
      gelu(FloatVector.fromArray(F, x, i)).intoArray(x, i);
    }
    if (i < to) {
      VectorMask<Float> tail = F.indexInRange(i, to);
      gelu(FloatVector.fromArray(F, x, i, tail)).intoArray(x, i, tail);
    }
  }

  private static FloatVector gelu(FloatVector x) {
    return x.mul(0.5f).mul(erf(x.mul(ROOT_HALF)).add(1));
  }

  private static FloatVector erf(FloatVector x) {
    FloatVector z = x.max(-ERF_ONE).min(ERF_ONE);
    FloatVector square = z.mul(z);
    return z.mul(polynomial(square, ERF_TOP)).div(polynomial(square, ERF_BOTTOM)).max(-1).min(1);
  }

  private static FloatVector polynomial(FloatVector x, float[] coefficients) {
    FloatVector p = FloatVector.broadcast(F, coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      p = p.fma(x, FloatVector.broadcast(F, coefficients[i]));
    }
    return p;
  }
}
