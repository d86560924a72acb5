package dev.tangram.engine.file.hf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.file.gguf.GgufFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint is presented as the GGUF file that holds the same weights. */
class HfGoldenTest {
  /** What converters add that says nothing about the numbers. */
  private static final Set<String> ABOUT = Set.of("general.name", "general.file_type");

  static Path folder(String name) {
    try {
      return Path.of(HfGoldenTest.class.getResource("/golden/" + name + "/config.json").toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "qwen2",
        "qwen2-tied",
        "qwen3",
        "qwen3-yarn",
        "llama3",
        "gemma3",
        "qwen3moe",
        "qwen3next",
        "qwen35",
        "qwen35moe",
        "qwen3next-yarn",
        "qwen3next-mtp",
        "qwen35-mtp"
      })
  void keysNamesShapesAndBytesAreThoseOfTheGgufFile(String name) {
    Path folder = folder(name);
    try (HfFile checkpoint = HfFile.open(folder);
        GgufFile gguf = GgufFile.open(folder.resolve("model.gguf"))) {
      Set<String> keys = new TreeSet<>(gguf.metadata().keys());
      keys.removeAll(ABOUT);
      boolean ours =
          name.equals("qwen2-tied") || name.endsWith("-mtp") || name.equals("qwen3next-yarn");
      if (ours) {
        // Converted by scripts of this project's that write the least.
        assertThat(checkpoint.metadata().keys()).containsAll(keys);
      } else {
        assertThat(new TreeSet<>(checkpoint.metadata().keys())).isEqualTo(keys);
      }
      for (String key : keys) {
        assertThat(checkpoint.metadata().value(key)).as(key).isEqualTo(gguf.metadata().value(key));
      }
      assertThat(new TreeSet<>(checkpoint.tensors().keySet()))
          .isEqualTo(new TreeSet<>(gguf.tensors().keySet()));
      for (Tensor expected : gguf.tensors().values()) {
        Tensor tensor = checkpoint.tensors().get(expected.name());
        assertThat(tensor.shape()).as(tensor.name()).isEqualTo(expected.shape());
        assertThat(tensor.format()).as(tensor.name()).isEqualTo(expected.format());
        assertThat(tensor.bytes()).as(tensor.name()).isEqualTo(expected.bytes());
        // NumPy's exp in f32 is not always the nearest.
        boolean inexact = ours && tensor.name().endsWith("ssm_a");
        same(tensor.name(), checkpoint.data(tensor), gguf.data(expected), inexact ? 1 : 0);
        if (tensor.shape().size() == 3) {
          for (int i = 0; i < tensor.shape().get(2); i++) {
            same(tensor.name() + i, checkpoint.slice(tensor, i), gguf.slice(expected, i), 0);
          }
        }
      }
    }
  }

  private static void same(String what, MemorySegment found, MemorySegment expected, int ulps) {
    assertThat(found.byteSize()).as(what).isEqualTo(expected.byteSize());
    for (long at = 0; at < found.byteSize(); at += 4) {
      float a = found.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
      float b = expected.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
      assertThat(Math.abs(Float.floatToIntBits(a) - Float.floatToIntBits(b)))
          .as("%s, element %d: %s and %s", what, at / 4, a, b)
          .isLessThanOrEqualTo(ulps);
    }
  }
}
