package dev.tangram.kernel.quant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.kernel.Format;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks of the same floats, byte for byte those of gguf-py and ggml; see SOURCE.txt. */
class BlocksGoldenTest {
  static float[] input() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(resource("input.f32")).order(ByteOrder.LITTLE_ENDIAN);
    float[] x = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(x);
    return x;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = BlocksGoldenTest.class.getResourceAsStream("/quant/" + name)) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
  void blocksAreThoseOfTheReference(Format format) throws IOException {
    float[] x = input();
    byte[] expected = resource(format.name().toLowerCase(Locale.ROOT) + ".bin");
    byte[] found = new byte[expected.length];
    Blocks.write(format, x, 0, x.length, MemorySegment.ofArray(found), 0);
    int size = format.blockBytes();
    for (int b = 0; b * size < expected.length; b++) {
      assertThat(Arrays.copyOfRange(found, b * size, (b + 1) * size))
          .as("block %d of %s", b, format)
          .isEqualTo(Arrays.copyOfRange(expected, b * size, (b + 1) * size));
    }
  }
}
