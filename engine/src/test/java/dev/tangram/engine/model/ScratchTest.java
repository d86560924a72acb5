package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.gguf.GgufFile;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of the heap before is what the buffers then take. */
class ScratchTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "qwen2",
        "gemma3",
        "qwen3moe",
        "qwen3next",
        "qwen35",
        "qwen35moe",
        "qwen35-mtp",
        "qwen3next-mtp"
      })
  void bytesAreThoseOfTheBuffers(String name) throws IllegalAccessException {
    try (ModelFile file = GgufFile.open(Golden.file(name))) {
      Hyperparameters shape = Hyperparameters.read(file);
      // Counts of experts do not grow with the step, and are too small to be asked for.
      long fixed = shape.experts() == null ? 0 : 4L * (2 * shape.experts().count() + 1);
      for (int tokens : new int[] {1, 7, 64}) {
        assertThat(held(new Scratch(shape, tokens, 3)) - fixed)
            .isEqualTo(Scratch.bytes(shape, tokens, 3));
      }
    }
  }

  private static long held(Object buffers) throws IllegalAccessException {
    long bytes = 0;
    for (Field field : buffers.getClass().getDeclaredFields()) {
      Object value = field.get(buffers);
      if (value instanceof float[] || value instanceof int[]) {
        bytes += 4L * Array.getLength(value);
      } else if (value instanceof Scratch.Experts || value instanceof Scratch.Delta) {
        bytes += held(value);
      }
    }
    return bytes;
  }
}
