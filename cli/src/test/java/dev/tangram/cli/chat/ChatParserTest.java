package dev.tangram.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatParserTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "hello                | false",
        "hello\\              | true",
        "\"\"\"               | true",
        "\"\"\"one            | true",
        "  \"\"\"one          | true",
        "\"\"\"one\"\"\"      | false",
        "\"\"\"one\"\"\" more | false",
        "say \"\"\"           | false"
      })
  void enterEndsTheInputUnlessMoreIsMeant(String text, boolean open) {
    assertThat(ChatParser.isOpen(text)).isEqualTo(open);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "hello            | hello",
        "one\\NLtwo       | oneNLtwo",
        "\"\"\"NLoneNLtwoNL\"\"\" | oneNLtwo",
        "\"\"\"one\"\"\" and two   | one and two",
        "a \\ b           | a \\ b"
      })
  void theMessageIsWithoutTheMarks(String text, String message) {
    assertThat(ChatParser.message(text.replace("NL", "\n"))).isEqualTo(message.replace("NL", "\n"));
  }
}
