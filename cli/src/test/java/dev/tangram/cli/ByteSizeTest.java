package dev.tangram.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "800000000, 800000000",
    "512M, 536870912",
    "512mb, 536870912",
    "1.5GiB, 1610612736",
    "2 G, 2147483648",
    "64K, 65536",
    "1T, 1099511627776",
    "1B, 1"
  })
  void sizes(String text, long bytes) {
    assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "M", "1.G", "12Q", "9999999999T", "1e9", "1 M B"})
  void othersAreRefusedWithAnExample(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteSize.parse(text))
        .withMessageContaining("found \"" + text + "\", allowed: a size such as 512M");
  }
}
