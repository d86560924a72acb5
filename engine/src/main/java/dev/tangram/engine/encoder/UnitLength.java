package dev.tangram.engine.encoder;

/** Vectors of length 1. */
public final class UnitLength {
  private UnitLength() {}

  /** Divides x[0, count) by its length; a vector of zeros stays. */
  public static void of(float[] x, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) x[i] * x[i];
    }
    if (sum > 0) {
      double factor = 1 / Math.sqrt(sum);
      for (int i = 0; i < count; i++) {
        x[i] = (float) (x[i] * factor);
      }
    }
  }
}
