package dev.tangram.fleet.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeededWorkloadTest {
  private static final long SEED = 20261123;

  private static List<Request> all(Workload workload) {
    List<Request> requests = new ArrayList<>();
    for (Optional<Request> next = workload.next(); next.isPresent(); next = workload.next()) {
      requests.add(next.get());
    }
    return requests;
  }

  @Test
  void oneSeedIsOneWorkload() {
    Lengths lengths = Lengths.lognormal(300, 100, 1, 10_000);
    List<Request> first = all(new SeededWorkload(SEED, Gaps.poisson(5), lengths, 3, 100));

    assertThat(all(new SeededWorkload(SEED, Gaps.poisson(5), lengths, 3, 100)))
        .usingRecursiveComparison()
        .isEqualTo(first);
    assertThat(all(new SeededWorkload(SEED + 1, Gaps.poisson(5), lengths, 3, 100)).getFirst())
        .isNotEqualTo(first.getFirst());
    assertThat(first).extracting(Request::model).contains(0, 1, 2).doesNotContain(3);
  }

  /** 1 is Poisson; below and above exercise both branches of the gamma draw. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 3})
  void gapsHaveTheirMeanAndVariation(double variation) {
    List<Request> requests =
        all(new SeededWorkload(SEED, Gaps.gamma(20, variation), Lengths.fixed(1, 1), 1, 10_000));
    double sum = 0;
    double squares = 0;
    for (int i = 1; i < requests.size(); i++) {
      double gap = (requests.get(i).arrivalNanos() - requests.get(i - 1).arrivalNanos()) / 1e9;
      sum += gap;
      squares += gap * gap;
    }
    double mean = sum / (requests.size() - 1);
    double deviation = Math.sqrt(squares / (requests.size() - 1) - mean * mean);

    assertThat(mean).isCloseTo(1 / 20.0, Percentage.withPercentage(2));
    assertThat(deviation / mean).isCloseTo(variation, Percentage.withPercentage(3));
  }

  @Test
  void lengthsHaveTheirMeans() {
    List<Request> requests =
        all(
            new SeededWorkload(
                SEED, Gaps.poisson(100), Lengths.lognormal(1000, 200, 0.8, 100_000), 1, 1_000));

    assertThat(requests.stream().mapToInt(Request::promptTokens).average().orElseThrow())
        .isCloseTo(1000, Percentage.withPercentage(1));
    assertThat(requests.stream().mapToInt(Request::outputTokens).average().orElseThrow())
        .isCloseTo(200, Percentage.withPercentage(1));
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatThrownBy(() -> Gaps.poisson(0))
        .hasMessage("arrivals: found 0.0 a second, variation 1.0, allowed: more than 0");
    assertThatThrownBy(() -> Lengths.lognormal(0, 5, 1, 10)).hasMessageContaining("means 0.0");
    assertThatThrownBy(() -> Lengths.like(List.of())).hasMessageContaining("an empty trace");
  }
}
