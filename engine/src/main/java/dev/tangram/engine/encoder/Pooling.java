package dev.tangram.engine.encoder;

/** How the vectors of a text's tokens become one. */
public enum Pooling {
  /** The mean of all tokens, the special ones included. */
  MEAN("mean_tokens"),
  /** The first token. */
  CLS("cls_token"),
  /** The last token. */
  LAST("lasttoken");

  private final String word;

  Pooling(String word) {
    this.word = word;
  }

  /** As sentence-transformers spells it, after {@code pooling_mode_}. */
  String word() {
    return word;
  }

  /**
   * Pools rows [from, to) of x[T, D] into y[D]. Sums are double: a text's vector does not lose
   * digits to its length.
   */
  void pool(float[] x, int from, int to, int width, float[] y) {
    switch (this) {
      case CLS -> System.arraycopy(x, from * width, y, 0, width);
      case LAST -> System.arraycopy(x, (to - 1) * width, y, 0, width);
      case MEAN -> {
        double[] sum = new double[width];
        for (int t = from; t < to; t++) {
          for (int i = 0; i < width; i++) {
            sum[i] += x[t * width + i];
          }
        }
        for (int i = 0; i < width; i++) {
          y[i] = (float) (sum[i] / (to - from));
        }
      }
    }
  }
}
