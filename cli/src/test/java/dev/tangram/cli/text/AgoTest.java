package dev.tangram.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgoTest {
  private static final Instant NOW = Instant.parse("2026-11-23T05:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0, just now",
    "1, 1 second ago",
    "59, 59 seconds ago",
    "60, 1 minute ago",
    "150, 2 minutes ago",
    "3600, 1 hour ago",
    "86400, 1 day ago",
    "604800, 1 week ago",
    "2592000, 1 month ago",
    "31536000, 1 year ago",
    "-240, 4 minutes from now"
  })
  void oneUnit(long secondsBefore, String shown) {
    assertThat(Ago.of(NOW.minusSeconds(secondsBefore), NOW)).isEqualTo(shown);
  }
}
