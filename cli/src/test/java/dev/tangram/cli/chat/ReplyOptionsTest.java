package dev.tangram.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyOptionsTest {
  @Test
  void everyNameCanBeSet() {
    ReplyOptions options = ReplyOptions.DEFAULT;
    for (String name : ReplyOptions.NAMES.split(", ")) {
      options = options.with(name, "1");
    }

    assertThat(options).isEqualTo(new ReplyOptions("1", 1, 1, 1, 1, 1, 1L, 1, true));
  }

  @ParameterizedTest
  @CsvSource({
    "temperature, 3, 'temperature: found 3.0, allowed: 0.0 to 2.0'",
    "temperature, hot, 'temperature: found \"hot\", allowed: a number'",
    "top_p, 0, 'top_p: found 0.0, allowed: above 0 to 1.0'",
    "max_tokens, -1, 'max_tokens: found -1, allowed: at least 0'",
    "nope, 1, nope is no setting; there are: system"
  })
  void badValuesAreRefusedWhenTheyAreSet(String name, String value, String sentence) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReplyOptions.DEFAULT.with(name, value))
        .withMessageContaining(sentence);
  }

  @Test
  void aSeedMakesRepliesRepeatable() {
    assertThat(ReplyOptions.DEFAULT.withSeed(7).sampling().seed()).isEqualTo(7);
    assertThat(ReplyOptions.DEFAULT.sampling().seed())
        .isNotEqualTo(ReplyOptions.DEFAULT.sampling().seed());
  }
}
