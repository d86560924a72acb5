package dev.tangram.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.cli.chat.FakeEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole commands: words in; standard output, standard error and an exit code out. */
class CommandsTest extends TypedCommands {
  @TempDir private Path folder;

  private final Map<String, String> env = new HashMap<>();
  private FakeEngine engine = FakeEngine.saying("An", " answer");
  private String input = "";
  private Path model;

  @BeforeEach
  void aModelFile() throws Exception {
    model = Files.write(folder.resolve("m.gguf"), new byte[100]);
    env.put("TANGRAM_MODELS", folder.resolve("store").toString());
    env.put("TANGRAM_STATE", folder.resolve("state").toString());
  }

  @Override
  int run(String... words) {
    return run(input, env, (file, options) -> engine, words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nope                      | 2 | tangram: there is no command 'nope'. Did you mean stop? Try 'tangram --help'.",
        "lst                       | 2 | tangram: there is no command 'lst'. Did you mean ls or stop? Try 'tangram --help'.",
        "pull                      | 2 | tangram pull: Missing required parameter: 'MODEL'. Try 'tangram pull --help'.",
        "pull UPPER%               | 2 | tangram: The model name 'UPPER%' contains a percent sign",
        "run --speculative eagle ./m.gguf | 2 | tangram: --speculative: found \"eagle\", allowed: off, ngram, mtp, auto",
        "run --num-speculative-tokens 32 ./m.gguf | 2 | tangram: --num-speculative-tokens: found 32, allowed: 1 to 31",
        "run --prompt-lookup-max 4 --prompt-lookup-min 5 ./m.gguf | 2 | tangram: --prompt-lookup-min: found 5, allowed: 1 to 4",
        "run --kv-cache-type q4 ./m.gguf | 2 | tangram: --kv-cache-type: found \"q4\", allowed: f32, f16, q8_0",
        "run --kv-cache-memory big | 2 | tangram run: Invalid value for option '--kv-cache-memory': found \"big\", allowed: a size such as 512M, 1.5G or 800000000. Try 'tangram run --help'.",
        "run --threads 0 ./m.gguf  | 2 | tangram: --threads: found 0, allowed: at least 1",
        "run --temperature 3 ./m.gguf | 2 | tangram: temperature: found 3.0, allowed: 0.0 to 2.0",
        "serve --port 70000        | 2 | tangram: port: found 70000, allowed: 0 to 65535",
        "serve --host 0.0.0.0      | 2 | tangram: host: found 0.0.0.0, which other machines can reach",
        "ps --port 1               | 1 | tangram: no Tangram server answers at http://127.0.0.1:1; tangram serve starts one",
        "quantize ./m.gguf o --type q9 | 2 | tangram: --type: found q9, allowed: f32, f16, bf16, q8_0",
        "quantize ./m.gguf o       | 2 | tangram quantize: Missing required option: '--type=TYPE'",
        "quantize --threads 0 ./m.gguf o --type q8_0 | 2 | tangram: --threads: found 0, allowed: at least 1",
        "show nothing:here         | 1 | tangram: ",
        "rm nothing:here           | 1 | tangram: there is no model nothing:here on this machine"
      })
  void whatIsWrongIsSaidInOneSentence(String words, int exitCode, String sentence) {
    assertThat(run(words.replace("./m.gguf", model.toString()).split(" "))).isEqualTo(exitCode);

    assertThat(err.toString(UTF_8)).startsWith(sentence).hasLineCount(1);
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--help",
    "run --help",
    "serve --help",
    "pull --help",
    "list --help",
    "show --help",
    "rm --help",
    "cp --help",
    "ps --help",
    "stop --help",
    "logits --help",
    "quantize --help",
    "chips --help",
    "calibrate --help",
    "help run",
    "--version",
    "version"
  })
  void helpGoesToStandardOutput(String words) {
    assertThat(run(words.split(" "))).isZero();

    assertThat(out.toString(UTF_8)).containsIgnoringCase("tangram");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void versionTellsWhatElseIsInTheJar() {
    assertThat(run("version", "--licences")).isZero();

    assertThat(out.toString(UTF_8))
        .startsWith("Tangram is licensed under the Apache License 2.0")
        .contains("OR-Tools", "JNA", "Protocol Buffers", "SnakeYAML", "Eclipse Public License 2.0");
  }

  @Test
  void standardOutputGetsTheAnswerAlone() {
    input = "diff --git a b\n";

    assertThat(run("run", model.toString(), "write", "a message")).isZero();

    assertThat(engine.prompts())
        .containsExactly("[user]diff --git a b\n\nwrite a message[assistant]");
    assertThat(out.toString(UTF_8)).isEqualTo("An answer\n");
    assertThat(err.toString(UTF_8)).contains("2 tokens, 1.0 tokens/s, first token after 0.21 s");
  }

  @Test
  void standardInputAloneIsThePrompt() {
    input = "hello";

    assertThat(run("run", "-q", model.toString())).isZero();

    assertThat(engine.prompts()).containsExactly("[user]hello[assistant]");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void nothingAtAllIsNoPrompt() {
    assertThat(run("run", model.toString())).isEqualTo(Failure.USAGE);

    assertThat(err.toString(UTF_8)).contains("there is no prompt");
    assertThat(engine.prompts()).isEmpty();
  }

  @Test
  void inputThatCannotFitIsRefusedBeforeItIsReadWhole() {
    input = "x".repeat(100_000);

    assertThat(run("run", model.toString(), "sum up")).isEqualTo(Failure.FAILED);

    assertThat(err.toString(UTF_8))
        .contains("more than 16000 bytes, which cannot fit this model's context of 1000 tokens");
  }

  @Test
  void aBaseModelContinues() {
    engine = new FakeEngine(false, prompt -> List.of(" Paris"));

    assertThat(run("run", model.toString(), "The capital is")).isZero();

    assertThat(engine.prompts()).containsExactly("The capital is");
    assertThat(out.toString(UTF_8)).isEqualTo(" Paris\n");
    assertThat(err.toString(UTF_8)).contains("This is a base model");
  }

  @Test
  void theDebugVariableShowsWhere() {
    env.put("TANGRAM_DEBUG", "1");

    assertThat(run("rm", "nothing:here")).isEqualTo(1);

    assertThat(err.toString(UTF_8)).contains("at dev.tangram.cli.RemoveCommand");
  }

  @Test
  void anEmptyStoreIsAnEmptyList() {
    assertThat(run("list")).isZero();
    assertThat(run("list", "--json")).isZero();

    assertThat(out.toString(UTF_8)).isEqualTo("NAME    ID    SIZE    MODIFIED\n[ ]\n");
  }
}
