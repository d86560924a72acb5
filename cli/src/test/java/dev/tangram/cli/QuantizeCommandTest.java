package dev.tangram.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.engine.file.gguf.GgufWriter;
import dev.tangram.kernel.Format;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tangram quantize}: what it writes and what it says. */
class QuantizeCommandTest extends TypedCommands {
  @TempDir private Path folder;

  private Path source;
  private Path target;

  @BeforeEach
  void aFile() throws IOException {
    source = folder.resolve("in.gguf");
    target = folder.resolve("out.gguf");
    try (GgufWriter out = GgufWriter.create(source)) {
      out.string("general.architecture", "llama")
          .tensor("token_embd.weight", Format.F32, 256, 4)
          .tensor("blk.0.attn_k.weight", Format.F32, 96, 4)
          .data(MemorySegment.ofArray(new byte[4096]))
          .data(MemorySegment.ofArray(new byte[1536]));
    }
  }

  private int run(Path from, Path to, String... more) {
    String[] words = new String[3 + more.length];
    words[0] = "quantize";
    words[1] = from.toString();
    words[2] = to.toString();
    System.arraycopy(more, 0, words, 3, more.length);
    return run(
        "",
        Map.of("TANGRAM_MODELS", folder.resolve("store").toString()),
        (file, options) -> {
          throw new AssertionError("no model is run");
        },
        words);
  }

  @Test
  void writesAFileAndSaysHowLargeItIs() throws IOException {
    assertThat(run(source, target, "--type", "q4_k_m")).isZero();

    try (GgufFile file = GgufFile.open(target)) {
      assertThat(file.tensors().get("token_embd.weight").format()).isEqualTo(Format.Q6_K);
      assertThat(file.tensors().get("blk.0.attn_k.weight").format()).isEqualTo(Format.Q5_0);
      assertThat(file.metadata().integer("general.file_type", 0, 99)).isEqualTo(15);
    }
    assertThat(err.toString(UTF_8))
        .contains("quantizing to q4_k_m 100% (5.6 kB of 5.6 kB)")
        .contains("of 5.6 kB, 6.27 bits per weight; tensors of a larger type, as their rows")
        .contains("no whole blocks: 1");
  }

  @Test
  void whatIsRoundedIsRefusedUnlessAllowed() {
    Path smaller = folder.resolve("smaller.gguf");
    assertThat(run(source, target, "--type", "Q8_0")).isZero();
    err.reset();

    assertThat(run(target, smaller, "--type", "q4_0")).isEqualTo(Failure.FAILED);
    assertThat(err.toString(UTF_8))
        .hasLineCount(1)
        .contains("is Q8_0 already")
        .contains("--allow-requantize");
    assertThat(smaller).doesNotExist();

    assertThat(run(target, smaller, "--type", "q4_0", "--allow-requantize")).isZero();
    assertThat(smaller).exists();
  }

  @Test
  void anExistingFileIsRefused() throws IOException {
    Files.createFile(target);

    assertThat(run(source, target, "--type", "q8_0")).isEqualTo(Failure.FAILED);

    assertThat(err.toString(UTF_8)).contains("out.gguf exists already").hasLineCount(1);
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("in.txt"), "hello there");

    assertThat(run(text, target, "--type", "q8_0")).isEqualTo(Failure.FAILED);

    assertThat(err.toString(UTF_8)).contains("in.txt").hasLineCount(1);
    assertThat(target).doesNotExist();
  }
}
