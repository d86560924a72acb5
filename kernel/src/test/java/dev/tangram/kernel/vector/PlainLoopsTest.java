package dev.tangram.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.kernel.KvMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Plain loops and registers give the same bits, so a process may change between them. */
@Tag("width")
class PlainLoopsTest {
  private static final int[] COUNTS = {1, 3, 4, 7, 8, 15, 16, 17, 33, 64, 207, 702, 4098};
  private static final float[] EXTREMES = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1e-38f,
    -1e-38f,
    87.3f,
    -87.3f,
    87.4f,
    -87.4f,
    88.7f,
    -88.7f,
    88.8f,
    -88.8f,
    1e6f,
    -1e6f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  private static final long SEED = System.nanoTime();
  private final Random random = new Random(SEED);

  /** From then on Elementwise runs in registers. */
  @BeforeAll
  static void growUp() {
    System.out.println("PlainLoopsTest seed=" + SEED);
    while (FirstSteps.plain(1 << 20) || FirstSteps.plain(1 << 20)) {
      // Every call counts.
    }
    assertThat(FirstSteps.plain(1)).isFalse();
  }

  private float[] numbers(int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] =
          switch (random.nextInt(8)) {
            case 0 -> EXTREMES[random.nextInt(EXTREMES.length)];
            case 1 -> Float.intBitsToFloat(random.nextInt());
            case 2 -> (random.nextFloat() - 0.5f) * 180;
            default -> (float) random.nextGaussian() * 4;
          };
    }
    return x;
  }

  /** All not-a-numbers are one: their payload means nothing. */
  private static void assertSame(float[] plain, float[] registers) {
    for (int i = 0; i < plain.length; i++) {
      assertThat(Float.floatToIntBits(plain[i]))
          .as("element %d: %s and %s", i, plain[i], registers[i])
          .isEqualTo(Float.floatToIntBits(registers[i]));
    }
  }

  @Test
  void gatesAreTheSame() {
    for (int round = 0; round < 20; round++) {
      for (int count : COUNTS) {
        float[] gate = numbers(count);
        float[] up = numbers(count);
        float[] plain = gate.clone();
        float[] registers = gate.clone();
        PlainLoops.siluMultiply(plain, up, 0, count);
        Elementwise.siluMultiply(registers, up, 0, count);
        assertSame(plain, registers);
        plain = gate.clone();
        registers = gate.clone();
        PlainLoops.geluMultiply(plain, up, 0, count);
        Elementwise.geluMultiply(registers, up, 0, count);
        assertSame(plain, registers);
      }
    }
  }

  @Test
  void normsSumsAndRotationsAreTheSame() {
    for (int count : COUNTS) {
      float[] x = numbers(count + 3);
      float[] weight = numbers(count);
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      assertSame(
          new float[] {PlainLoops.squares(x, 3, count)},
          new float[] {Elementwise.squares(x, 3, count)});
      float[] plain = new float[count + 3];
      float[] registers = new float[count + 3];
      float factor = (float) (1 / Math.sqrt(PlainLoops.squares(x, 3, count) / count + 1e-6f));
      PlainLoops.scaleBoth(x, 3, count, factor, weight, plain);
      Elementwise.rmsNorm(x, 3, count, weight, 1e-6f, registers);
      assertSame(plain, registers);
      plain = x.clone();
      registers = x.clone();
      PlainLoops.add(plain, 3, weight, 0, count);
      Elementwise.add(registers, 3, weight, 0, count);
      assertSame(plain, registers);
      plain = x.clone();
      registers = x.clone();
      float[] cos = numbers(count);
      float[] sin = numbers(count);
      PlainLoops.rotateHalves(plain, 1, count / 2, cos, sin, 0);
      Elementwise.rotateHalves(registers, 1, count / 2, cos, sin, 0);
      assertSame(plain, registers);
    }
  }

  /** Finite numbers: scores and values of one block. */
  private float[] ordinary(int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  @Test
  void scores() {
    for (int size : new int[] {1, 24, 64, 80, 256}) {
      float[] keys = ordinary(size * KvMemory.BLOCK_LENGTH);
      float[] q = ordinary(8 * size);
      float[] expected = new float[8 * KvMemory.BLOCK_LENGTH];
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = arena.allocateFrom(Unpacked.FLOAT, keys);
        for (int slot = 0; slot < KvMemory.BLOCK_LENGTH; slot += Lanes.COUNT) {
          AttentionLoops.scores8(
              memory, slot * 4L, size, q, 0, 0.3f, expected, slot, KvMemory.BLOCK_LENGTH);
        }
      }
      float[] found = new float[expected.length];
      for (int i = 0; i < 8; i++) {
        PlainLoops.scores(keys, size, q, i * size, 0.3f, found, i * KvMemory.BLOCK_LENGTH);
      }
      assertThat(found).as("%d elements", size).isEqualTo(expected);
    }
  }

  @Test
  void values() {
    for (int size : new int[] {16, 64, 80, 256}) {
      float[] values = ordinary(size * KvMemory.BLOCK_LENGTH);
      float[] shares = ordinary(KvMemory.BLOCK_LENGTH);
      float[] found = ordinary(size);
      float[] expected = found.clone();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = arena.allocateFrom(Unpacked.FLOAT, values);
        for (int s = 0; s < size; s += Lanes.COUNT) {
          AttentionLoops.values1(memory, s * 4L, size * 4L, shares, 0, expected, s);
        }
      }
      PlainLoops.values(values, size, shares, 0, found, 0, size);
      assertThat(found).as("%d elements", size).isEqualTo(expected);
    }
  }

  @Test
  void shares() {
    for (int registers : new int[] {1, 2, 5, 32}) {
      float[] found = ordinary(registers * Lanes.COUNT);
      found[0] = Float.NEGATIVE_INFINITY;
      float[] expected = found.clone();
      float sum = new Softmax().shares(expected, 0, expected.length, 2.5f);
      assertThat(PlainLoops.shares(found, 0, found.length, 2.5f, new float[Lanes.COUNT]))
          .isEqualTo(sum);
      assertThat(found).isEqualTo(expected);
    }
  }
}
