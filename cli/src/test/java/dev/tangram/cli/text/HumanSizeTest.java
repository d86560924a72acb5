package dev.tangram.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "9949, 9.9 kB",
    "9950, 10 kB",
    "999499, 999 kB",
    "999500, 1.0 MB",
    "491400064, 491 MB",
    "1117320768, 1.1 GB",
    "9223372036854775807, 9.2 EB"
  })
  void bytes(long bytes, String shown) {
    assertThat(HumanSize.of(bytes)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "999999, 999999",
    "1000000, 1.0M",
    "494000000, 494M",
    "999500000, 1.0B",
    "1540000000, 1.5B",
    "70600000000, 70.6B",
    "405000000000, 405B"
  })
  void parameters(long count, String shown) {
    assertThat(HumanSize.parameters(count)).isEqualTo(shown);
  }
}
