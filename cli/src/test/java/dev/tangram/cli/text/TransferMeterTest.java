package dev.tangram.cli.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class TransferMeterTest {
  private static final long MILLI = 1_000_000;

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  private Screen screen(boolean terminal) {
    var err = new PrintStream(shown, true, UTF_8);
    return new Screen(
        InputStream.nullInputStream(), err, err, terminal, terminal, terminal, true, 80);
  }

  @Test
  void redrawsOneLineAtMostTenTimesASecond() {
    try (TransferMeter meter = new TransferMeter("m", screen(true))) {
      for (int i = 0; i <= 1000; i++) {
        meter.progress(i, 1000, i * MILLI);
      }
    }

    String text = shown.toString(UTF_8);
    assertThat(text.chars().filter(c -> c == '\r').count()).isBetween(10L, 12L);
    assertThat(text.chars().filter(c -> c == '\n').count()).isEqualTo(1);
    assertThat(text).contains("m 100% ");
  }

  @Test
  void writesALineEveryTenPerCentWhereThereIsNoTerminal() {
    try (TransferMeter meter = new TransferMeter("m", screen(false))) {
      for (int i = 0; i <= 1000; i++) {
        meter.progress(i * 1000L, 1_000_000, i * MILLI);
      }
    }

    assertThat(shown.toString(UTF_8).lines())
        .hasSize(10)
        .startsWith("m 10% (100 kB of 1.0 MB)")
        .endsWith("m 100% (1.0 MB of 1.0 MB)");
    assertThat(shown.toString(UTF_8)).doesNotContain("\r").doesNotContain("\033");
  }

  @Test
  void theRateForgetsWhatAnEarlierRunFetched() {
    Rate rate = new Rate();
    rate.at(400_000_000, 0);
    rate.at(401_000_000, 1000 * MILLI);

    assertThat(rate.bytesPerSecond()).isEqualTo(1_000_000);
  }
}
