package dev.tangram.fleet.cost;

import java.util.function.Function;

/**
 * Levenberg-Marquardt for a handful of unknowns: the most likely values where each unknown has a
 * normal prior and each residual the same normal noise.
 */
final class LeastSquares {
  private static final int STEPS_MAX = 60;
  private static final double NUDGE = 1e-4;
  private static final double STILL = 1e-9;
  private static final double DAMPING_MAX = 1e10;

  /** The values found and how sure they are. */
  record Solution(double[] values, double[][] covariance) {}

  private final Function<double[], double[]> residuals;
  private final double noise;
  private final double[] mean;
  private final double[] deviation;

  private LeastSquares(
      Function<double[], double[]> residuals, double noise, double[] mean, double[] deviation) {
    this.residuals = residuals;
    this.noise = noise;
    this.mean = mean;
    this.deviation = deviation;
  }

  /**
   * @param residuals of given values
   * @param noise standard deviation of each
   * @param mean of the prior, where the search begins
   * @param deviation of the prior
   */
  static Solution solve(
      Function<double[], double[]> residuals, double noise, double[] mean, double[] deviation) {
    return new LeastSquares(residuals, noise, mean, deviation).search();
  }

  private Solution search() {
    int n = mean.length;
    double[] at = mean.clone();
    double[] r = residuals.apply(at);
    double cost = cost(at, r);
    double damping = 1e-3;
    double[][] normal = new double[n][n];
    double[] gradient = new double[n];
    linearize(at, r, normal, gradient);
    for (int step = 0; step < STEPS_MAX && damping < DAMPING_MAX; step++) {
      double[][] damped = new double[n][];
      for (int i = 0; i < n; i++) {
        damped[i] = normal[i].clone();
        damped[i][i] *= 1 + damping;
      }
      double[] move = SmallMatrix.solve(damped, gradient);
      double[] next = new double[n];
      for (int i = 0; i < n; i++) {
        next[i] = at[i] - move[i];
      }
      double[] nextResiduals = residuals.apply(next);
      double nextCost = cost(next, nextResiduals);
      // Not a number compares false: such a step is never taken.
      if (nextCost <= cost) {
        boolean still = cost - nextCost < STILL * (1 + cost);
        at = next;
        r = nextResiduals;
        cost = nextCost;
        damping /= 10;
        linearize(at, r, normal, gradient);
        if (still) {
          break;
        }
      } else {
        damping *= 10;
      }
    }
    return new Solution(at, SmallMatrix.inverse(normal));
  }

  private double cost(double[] at, double[] r) {
    double sum = 0;
    for (double residual : r) {
      sum += residual * residual / (noise * noise);
    }
    for (int i = 0; i < at.length; i++) {
      double away = (at[i] - mean[i]) / deviation[i];
      sum += away * away;
    }
    return sum;
  }

  private void linearize(double[] at, double[] r, double[][] normal, double[] gradient) {
    int n = at.length;
    double[][] slopes = new double[n][];
    for (int i = 0; i < n; i++) {
      double[] nudged = at.clone();
      nudged[i] += NUDGE;
      slopes[i] = residuals.apply(nudged);
      for (int k = 0; k < r.length; k++) {
        slopes[i][k] = (slopes[i][k] - r[k]) / (NUDGE * noise);
      }
    }
    for (int i = 0; i < n; i++) {
      double weight = 1 / (deviation[i] * deviation[i]);
      gradient[i] = (at[i] - mean[i]) * weight;
      for (int k = 0; k < r.length; k++) {
        gradient[i] += slopes[i][k] * r[k] / noise;
      }
      for (int j = 0; j < n; j++) {
        normal[i][j] = i == j ? weight : 0;
        for (int k = 0; k < r.length; k++) {
          normal[i][j] += slopes[i][k] * slopes[j][k];
        }
      }
    }
  }
}
