package dev.tangram.fleet.cost;

/** Symmetric positive definite matrices of a few rows, by Cholesky. */
final class SmallMatrix {
  private SmallMatrix() {}

  /** x with {@code a x = b}. */
  static double[] solve(double[][] a, double[] b) {
    double[][] l = factor(a);
    int n = b.length;
    double[] x = b.clone();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        x[i] -= l[i][j] * x[j];
      }
      x[i] /= l[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int j = i + 1; j < n; j++) {
        x[i] -= l[j][i] * x[j];
      }
      x[i] /= l[i][i];
    }
    return x;
  }

  static double[][] inverse(double[][] a) {
    double[][] inverse = new double[a.length][];
    for (int i = 0; i < a.length; i++) {
      double[] unit = new double[a.length];
      unit[i] = 1;
      inverse[i] = solve(a, unit);
    }
    return inverse;
  }

  /** {@code x' a x}. */
  static double form(double[][] a, double[] x) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x.length; j++) {
        sum += x[i] * a[i][j] * x[j];
      }
    }
    return sum;
  }

  private static double[][] factor(double[][] a) {
    int n = a.length;
    double[][] l = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        if (i == j) {
          if (!(sum > 0)) {
            throw new IllegalArgumentException("matrix: found pivot " + sum + ", allowed: above 0");
          }
          l[i][i] = Math.sqrt(sum);
        } else {
          l[i][j] = sum / l[j][j];
        }
      }
    }
    return l;
  }
}
