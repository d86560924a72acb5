package dev.tangram.kernel.scalar;

/** The operations that only encoders have: the oracle, sums in double. */
final class EncoderOperations {
  private EncoderOperations() {}

  static void layerNorm(
      float[] x, int at, int length, float[] weight, float[] bias, float eps, float[] y) {
    double mean = 0;
    for (int i = 0; i < length; i++) {
      mean += x[at + i];
    }
    mean /= length;
    double variance = 0;
    for (int i = 0; i < length; i++) {
      variance += (x[at + i] - mean) * (x[at + i] - mean);
    }
    double factor = 1 / Math.sqrt(variance / length + eps);
    for (int i = 0; i < length; i++) {
      y[at + i] = (float) ((x[at + i] - mean) * factor * weight[i] + bias[i]);
    }
  }

  static float gelu(float x) {
    return (float) (0.5 * x * (1 + erf(x * Math.sqrt(0.5))));
  }

  /**
   * The error function by the series 2/sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)):
   * its terms have one sign, so nothing cancels.
   */
  static double erf(double x) {
    if (!(Math.abs(x) < 6)) {
      return Double.isNaN(x) ? x : Math.signum(x);
    }
    double term = x;
    double sum = 0;
    for (int n = 0; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 3);
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  /** One head of one text, rows [first, last). */
  static void attend(
      int first,
      int last,
      int head,
      int heads,
      int size,
      float scale,
      float[] q,
      float[] k,
      float[] v,
      float[] y) {
    int width = heads * size;
    double[] scores = new double[last - first];
    for (int t = first; t < last; t++) {
      int at = t * width + head * size;
      double most = Double.NEGATIVE_INFINITY;
      for (int j = first; j < last; j++) {
        double score = 0;
        for (int s = 0; s < size; s++) {
          score += (double) q[at + s] * k[j * width + head * size + s];
        }
        scores[j - first] = score * scale;
        most = Math.max(most, score * scale);
      }
      double sum = 0;
      double[] out = new double[size];
      for (int j = first; j < last; j++) {
        double share = Math.exp(scores[j - first] - most);
        sum += share;
        for (int s = 0; s < size; s++) {
          out[s] += share * v[j * width + head * size + s];
        }
      }
      for (int s = 0; s < size; s++) {
        y[at + s] = (float) (out[s] / sum);
      }
    }
  }
}
