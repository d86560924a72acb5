package dev.tangram.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptRuleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // words | stdin is a terminal | model | prompt
        "''                            | true  | qwen2.5-coder:0.5b | ''",
        "''                            | false | qwen2.5-coder:0.5b | ''",
        "smollm2                       | true  | smollm2:latest     | ''",
        "smollm2                       | false | smollm2:latest     | ''",
        "unknown                       | true  | unknown:latest     | ''",
        "summarize                     | false | qwen2.5-coder:0.5b | summarize",
        "other:1b                      | false | other:1b           | ''",
        "./m.gguf                      | false | ./m.gguf           | ''",
        "hf.co/Org/Repo:Q4_K_M         | false | hf.co/Org/Repo:Q4_K_M | ''",
        "write a commit message        | false | qwen2.5-coder:0.5b | write a commit message",
        "write a commit message        | true  | qwen2.5-coder:0.5b | write a commit message",
        "other:1b;hello                | true  | other:1b           | hello",
        "summarize;this                | false | summarize:latest   | this",
        "smollm2;say hello;twice       | false | smollm2:latest     | say hello twice",
        "What is this?;hello           | true  | qwen2.5-coder:0.5b | What is this? hello"
      })
  void words(String words, boolean inTerminal, String model, String prompt) {
    PromptRule rule =
        PromptRule.of(
            words.isEmpty() ? List.of() : List.of(words.split(";")),
            inTerminal,
            reference -> reference.toString().equals("smollm2:latest"));

    assertThat(rule.model()).hasToString(model);
    assertThat(rule.prompt()).isEqualTo(prompt);
  }

  @Test
  void aFileWithoutItsFolderIsASlip() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> PromptRule.of(List.of("model.gguf"), false, reference -> false))
        .withMessageContaining("./model.gguf");
  }
}
