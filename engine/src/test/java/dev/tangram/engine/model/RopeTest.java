package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.kernel.Pairing;
import dev.tangram.kernel.Span;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** YaRN's published ratios; angles in the reference's rounding. */
class RopeTest {
  @ParameterizedTest
  @CsvSource({
    "128, 1e6, 32768, 0, 1", "128, 1e6, 32768, 23, 1", "128, 1e6, 32768, 24, 1.0461538",
    "128, 1e6, 32768, 30, 1.4468085", "128, 1e6, 32768, 35, 2.125", "128, 1e6, 32768, 39, 3.4",
    "128, 1e6, 32768, 40, 4", "128, 1e6, 32768, 63, 4", "64, 1e7, 262144, 14, 1",
    "64, 1e7, 262144, 17, 1.3913043", "64, 1e7, 262144, 20, 2.2857143",
        "64, 1e7, 262144, 21, 2.9090909",
    "64, 1e7, 262144, 22, 4"
  })
  void yarnSlowsByThePublishedRatios(
      int rotated, float theta, int original, int index, double ratio) {
    float[] plain = Rope.frequencies(theta, rotated);
    float[] stretched = plain.clone();
    Rope.stretch(stretched, theta, 4, original, 32, 1);
    assertThat((double) plain[index] / stretched[index]).isEqualTo(ratio, within(2e-6));
  }

  @Test
  void anglesFollowTheSpans() {
    Rope rope = new Rope(Rope.frequencies(10_000, 4), 2, Pairing.HALVES);
    rope.prepare(List.of(new Span(0, 2, 5, new int[1]), new Span(2, 1, 1_000_003, new int[1])), 3);
    int[] positions = {5, 6, 1_000_003};
    for (int t = 0; t < positions.length; t++) {
      for (int i = 0; i < 2; i++) {
        float angle = positions[t] * (i == 0 ? 1f : 0.01f);
        assertThat(rope.cos()[t * 2 + i]).isEqualTo((float) Math.cos(angle) * 2);
        assertThat(rope.sin()[t * 2 + i]).isEqualTo((float) Math.sin(angle) * 2);
      }
    }
  }
}
