package dev.tangram.fleet.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LeastSquaresTest {
  private static final double[] FLAT = {1e3, 1e3};

  /** y = exp(a x) + b at five places. */
  private static double[] residuals(double[] at, double a, double b) {
    double[] r = new double[5];
    for (int i = 0; i < r.length; i++) {
      double x = i / 4.0;
      r[i] = Math.exp(at[0] * x) + at[1] - Math.exp(a * x) - b;
    }
    return r;
  }

  @Test
  void findsWhatMadeTheMeasurements() {
    var solution = LeastSquares.solve(at -> residuals(at, 1.7, -3), 0.1, new double[2], FLAT);

    assertThat(solution.values()[0]).isCloseTo(1.7, within(1e-4));
    assertThat(solution.values()[1]).isCloseTo(-3, within(1e-4));
  }

  @Test
  void withoutMeasurementsThePriorStays() {
    double[] mean = {2, -1};
    var solution = LeastSquares.solve(_ -> new double[0], 0.1, mean, new double[] {0.5, 2});

    assertThat(solution.values()).containsExactly(mean);
    assertThat(solution.covariance()[0][0]).isCloseTo(0.25, within(1e-12));
    assertThat(solution.covariance()[1][1]).isCloseTo(4, within(1e-12));
  }

  @Test
  void aMeasurementAndAPriorMeetByTheirWeights() {
    // Prior 0 +- 1, one reading of 3 +- 0.5: the mean by weights 1 and 4 is 2.4, its variance 1/5.
    var solution =
        LeastSquares.solve(at -> new double[] {at[0] - 3}, 0.5, new double[] {0}, new double[] {1});

    assertThat(solution.values()[0]).isCloseTo(2.4, within(1e-6));
    assertThat(solution.covariance()[0][0]).isCloseTo(0.2, within(1e-6));
  }

  @Test
  void aMatrixThatIsNoCovarianceIsABug() {
    assertThatThrownBy(
            () -> SmallMatrix.solve(new double[][] {{1, 2}, {2, 1}}, new double[] {1, 1}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
