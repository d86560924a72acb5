package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MF-5: a file that somebody cuts while it is in use costs an error, never the process. */
class CutFileTest {
  private static final int[] IDS = {1, 2, 3};

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void aFileCutBeforeItsWeightsAreReadIsAnError(String tier) throws IOException {
    Path path = copy();
    try (Workers workers = new Workers(2);
        ModelFile file = GgufFile.open(path)) {
      Kernels kernels = Selection.choose(tier, workers).kernels();
      cut(path, file.bytes() / 2);

      assertThatThrownBy(() -> Models.open(file, kernels, 8, 1))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("shorter");
    }
  }

  @Test
  void aFileCutAfterwardsChangesNothing() throws IOException {
    Path path = copy();
    try (Workers workers = new Workers(2)) {
      Kernels kernels = Selection.choose("auto", workers).kernels();
      Model model;
      try (ModelFile file = GgufFile.open(path)) {
        model = Models.open(file, kernels, 8, 1);
      }
      float[] before = logits(model);
      cut(path, 0);

      assertThat(logits(model)).isEqualTo(before);
      model.close();
    }
  }

  private static float[] logits(Model model) {
    float[] logits = new float[model.shape().vocabulary()];
    try (KvMemory kv = model.shape().kvMemory(1)) {
      Batch batch = new Batch(IDS, List.of(new Span(0, 3, 0, new int[] {0})), new int[] {2});
      model.forward(batch, kv, null, logits, null);
    }
    return logits;
  }

  private Path copy() throws IOException {
    Path path = folder.resolve("model.gguf");
    try (InputStream in = CutFileTest.class.getResourceAsStream("/golden/qwen2/model.gguf")) {
      Files.copy(in, path);
    }
    return path;
  }

  private static void cut(Path path, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }
}
