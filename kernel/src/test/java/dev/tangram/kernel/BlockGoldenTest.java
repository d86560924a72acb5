package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each block format against values computed with gguf-py. Byte i of a block is {@code (37 i + 11) &
 * 255}; then the scale is 0.5 and the second half, where there is one, 0.25. All values are exact
 * in float, so they are compared exactly.
 */
@Tag("width")
class BlockGoldenTest {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Workers workers = new Workers(1);

  /** Values at 0..3, 17, 31, 100 (blocks of 256 only), the last, and the sum of all. */
  private record Golden(
      Format format,
      float y0,
      float y1,
      float y2,
      float y3,
      float y17,
      float y31,
      float y100,
      float last,
      float sum) {}

  private static final Golden[] GOLDEN = {
    new Golden(Format.Q8_0, 42.5f, 61, -48.5f, -30, -27, -24, Float.NaN, -24, -88),
    new Golden(Format.Q4_0, -1.5f, 1, 3.5f, -2, -0.5f, 0, Float.NaN, 0, -10.5f),
    new Golden(Format.Q4_1, 7.75f, 2.25f, 4.75f, 7.25f, 6.25f, 6.25f, Float.NaN, 6.25f, 130.5f),
    new Golden(Format.Q5_0, 4.5f, -1, 1.5f, -4, 0, 0.5f, Float.NaN, 0.5f, 7.5f),
    new Golden(Format.Q5_1, 9.75f, 12.25f, 14.75f, 9.25f, 2.75f, 2.75f, Float.NaN, 2.75f, 260.5f),
    new Golden(Format.Q2_K, 16.5f, 0, 5.5f, 11, -0.75f, -0.75f, 10, 2.25f, 1029.5f),
    new Golden(Format.Q3_K, 40.5f, -54, 13.5f, -27, 64, 32, 0, 21, 479),
    new Golden(
        Format.Q4_K, 157.75f, -12.75f, 64.75f, 142.25f, -12.75f, 80.25f, 47.5f, 24.25f, 27220),
    new Golden(
        Format.Q5_K, 405.75f, -12.75f, 312.75f, 142.25f, -12.75f, 80.25f, 117.5f, 54.25f, 58108),
    new Golden(Format.Q6_K, -715.5f, 848, 291.5f, -265, 256, -48, 1261.5f, -30, 2306),
    new Golden(Format.IQ4_NL, -17.5f, 12.5f, 56.5f, -24.5f, -5, 0.5f, Float.NaN, 0.5f, -128.5f),
    new Golden(Format.IQ4_XS, 32.5f, -0.5f, -34.5f, 41.5f, 17.5f, 17.5f, 20, -8, -5502.5f),
    new Golden(Format.MXFP4, 0, 3, -1, -6, 3, 3, Float.NaN, 3, 12.5f),
  };

  static Stream<Arguments> blocks() {
    return Tiers.names().stream().flatMap(t -> Stream.of(GOLDEN).map(g -> Arguments.of(t, g)));
  }

  static MemorySegment block(Format format) {
    byte[] bytes = new byte[format.blockBytes()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (37 * i + 11);
    }
    MemorySegment block = MemorySegment.ofArray(bytes);
    short scale = Float.floatToFloat16(0.5f);
    short minimum = Float.floatToFloat16(0.25f);
    switch (format) {
      case MXFP4 -> block.set(ValueLayout.JAVA_BYTE, 0, (byte) 127);
      case Q2_K -> {
        block.set(U16, 80, scale);
        block.set(U16, 82, minimum);
      }
      case Q3_K -> block.set(U16, 108, scale);
      case Q6_K -> block.set(U16, 208, scale);
      case Q4_1, Q5_1, Q4_K, Q5_K -> {
        block.set(U16, 0, scale);
        block.set(U16, 2, minimum);
      }
      default -> block.set(U16, 0, scale);
    }
    return block;
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void readsABlockAsAnEmbeddingRow(String tier, Golden golden) {
    Kernels kernels = Tiers.of(tier, workers);
    int length = golden.format().blockLength();
    float[] y = new float[length + 1];
    try (Arena arena = Arena.ofConfined()) {
      Matrix w = kernels.pack(golden.format(), 1, length, block(golden.format()), arena);
      kernels.row(w, 0, y, 1);
    }
    check(golden, Arrays.copyOfRange(y, 1, length + 1));
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void multipliesABlockByUnitVectors(String tier, Golden golden) {
    Kernels kernels = Tiers.of(tier, workers);
    int length = golden.format().blockLength();
    float[] alone = new float[length];
    float[] x = new float[length * length];
    float[] y = new float[length];
    try (Arena arena = Arena.ofConfined()) {
      Matrix w = kernels.pack(golden.format(), 1, length, block(golden.format()), arena);
      float[] one = new float[1];
      for (int i = 0; i < length; i++) {
        x[i * length + i] = 1;
        kernels.multiply(w, Arrays.copyOfRange(x, i * length, (i + 1) * length), 1, one);
        alone[i] = one[0];
      }
      kernels.multiply(w, x, length, y);
    }
    check(golden, y);
    check(golden, alone);
  }

  private static void check(Golden golden, float[] y) {
    float sum = 0;
    for (float v : y) {
      sum += v;
    }
    float y100 = y.length > 100 ? y[100] : Float.NaN;
    assertThat(
            new Golden(
                golden.format(),
                y[0],
                y[1],
                y[2],
                y[3],
                y[17],
                y[31],
                y100,
                y[y.length - 1],
                sum + 0f))
        .isEqualTo(golden);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void everyBlockFormatHasItsGolden(Format format) {
    assertThat(GOLDEN).extracting(Golden::format).containsOnlyOnce(format);
  }

  /** Every power of two that a block of MXFP4 may carry and an engine lets through. */
  @ParameterizedTest
  @MethodSource("tiers")
  void readsEveryPower(String tier) {
    Kernels kernels = Tiers.of(tier, workers);
    int rows = 252;
    MemorySegment source = MemorySegment.ofArray(new byte[rows * 17]);
    for (int e = 0; e < rows; e++) {
      source.set(ValueLayout.JAVA_BYTE, e * 17L, (byte) e);
      source.set(ValueLayout.JAVA_BYTE, e * 17L + 1, (byte) 0xF7);
    }
    float[] row = new float[32];
    try (Arena arena = Arena.ofConfined()) {
      Matrix w = kernels.pack(Format.MXFP4, rows, 32, source, arena);
      for (int e = 0; e < rows; e++) {
        kernels.row(w, e, row, 0);
        assertThat(row[0]).isEqualTo(12 * Math.scalb(1f, e - 128));
        assertThat(row[16]).isEqualTo(-12 * Math.scalb(1f, e - 128));
        assertThat(row[1]).isZero();
      }
    }
  }

  static Stream<String> tiers() {
    return Tiers.names().stream();
  }

  /** Every half there is, as a weight: subnormals, both zeros and the largest; as IEEE 754 says. */
  @ParameterizedTest
  @MethodSource("tiers")
  void readsEveryHalf(String tier) {
    Kernels kernels = Tiers.of(tier, workers);
    MemorySegment source = MemorySegment.ofArray(new short[1 << 16]);
    for (int i = 0; i < 1 << 16; i++) {
      source.set(U16, 2L * i, (short) i);
    }
    float[] y = new float[1 << 16];
    float[] row = new float[1];
    try (Arena arena = Arena.ofConfined()) {
      Matrix w = kernels.pack(Format.F16, 1 << 16, 1, source, arena);
      kernels.multiply(w, new float[] {1}, 1, y);
      for (int i = 0; i < 1 << 16; i++) {
        float expected = Float.float16ToFloat((short) i);
        kernels.row(w, i, row, 0);
        assertThat(row[0]).as("row of half %04x", i).isEqualTo(Float.valueOf(expected));
        if (Float.isFinite(expected)) {
          assertThat(y[i]).as("product of half %04x", i).isEqualTo(expected + 0f);
        }
      }
    }
  }
}
