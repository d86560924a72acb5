package dev.tangram.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLineTest {
  @Test
  void tellsPerCentBytesRateAndTimeLeft() {
    String line = ProgressLine.draw("pulling m", 245_700_000, 491_400_000, 30_000_000, 100);

    assertThat(line).startsWith("pulling m  50% ▕████").endsWith("▏ 246 MB/491 MB  30 MB/s  9s");
  }

  @Test
  void anUnknownTotalHasNeitherBarNorPerCent() {
    assertThat(ProgressLine.draw("pulling m", 1_000_000, -1, 500_000, 80))
        .isEqualTo("pulling m  1.0 MB  500 kB/s");
  }

  @ParameterizedTest
  @CsvSource({"20", "40", "79", "80", "200"})
  void neverWraps(int columns) {
    for (long done : new long[] {0, 1, 250_000_000, 491_399_999, 491_400_000}) {
      String line =
          ProgressLine.draw("pulling qwen2.5-coder:0.5b", done, 491_400_000, 123_456_789, columns);
      assertThat(line.codePointCount(0, line.length())).as(line).isLessThan(columns);
    }
  }

  @Test
  void hundredPerCentMeansDone() {
    assertThat(ProgressLine.percent(491_399_999, 491_400_000)).isEqualTo(99);
    assertThat(ProgressLine.percent(491_400_000, 491_400_000)).isEqualTo(100);
  }

  @ParameterizedTest
  @CsvSource({"0, 0s", "59, 59s", "187, 3m07s", "7500, 2h05m"})
  void timeLeft(long seconds, String shown) {
    assertThat(ProgressLine.remaining(seconds)).isEqualTo(shown);
  }
}
