package dev.tangram.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatCommandTest {
  @Test
  void wordsAreCommands() {
    assertThat(ChatCommand.parse("/bye")).isEqualTo(new ChatCommand.Bye());
    assertThat(ChatCommand.parse(" /EXIT ")).isEqualTo(new ChatCommand.Bye());
    assertThat(ChatCommand.parse("/clear")).isEqualTo(new ChatCommand.Clear());
    assertThat(ChatCommand.parse("/?")).isEqualTo(new ChatCommand.Help());
    assertThat(ChatCommand.parse("/set")).isEqualTo(new ChatCommand.Help());
    assertThat(ChatCommand.parse("/set Temperature 0.2"))
        .isEqualTo(new ChatCommand.Set("temperature", "0.2"));
    assertThat(ChatCommand.parse("/set system You are a cat. "))
        .isEqualTo(new ChatCommand.Set("system", "You are a cat."));
    assertThat(ChatCommand.parse("/set system")).isEqualTo(new ChatCommand.Set("system", ""));
    assertThat(ChatCommand.parse("/nope")).isEqualTo(new ChatCommand.Unknown("/nope"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/hosts is what?", "hello", "/", "// a comment", "a /bye"})
  void otherTextIsForTheModel(String text) {
    assertThat(ChatCommand.is(text)).isFalse();
  }
}
