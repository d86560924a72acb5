package dev.tangram.kernel.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tangram.kernel.vector.BlockReader;
import dev.tangram.kernel.vector.RunSums;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention's sums: one product at a time gives the same bits, and nothing else is touched. */
class AttentionSumsTest {
  private static final int BLOCK = 16;
  private static final int RUN = BlockReader.RUN;
  private static final long PAGE = 4096;

  private static Stream<Arguments> shapes() {
    List<Arguments> shapes = new ArrayList<>();
    for (Isa isa : new Isa[] {Isa.AVX2, Isa.AVX512}) {
      for (boolean halves : new boolean[] {false, true}) {
        for (int size : new int[] {16, 48, 64, 80, 128, 256, 512}) {
          shapes.add(Arguments.of(isa, halves, size));
        }
      }
    }
    return shapes.stream();
  }

  private static RunSums code(Isa isa, int size, boolean halves, Arena arena) {
    assumeTrue(Host.known() && !Host.aarch64(), "x86-64 alone");
    assumeTrue(Cpu.instructionSets().contains(isa), () -> "no " + isa + " here");
    return AttentionSums.triedOut(isa, size, halves, arena).orElseThrow();
  }

  private static float[] floats(int count, Random random) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = random.nextFloat() - 0.5f;
    }
    return floats;
  }

  /** Blocks at the very end of memory that may be read, each somewhere else, in any order. */
  @ParameterizedTest
  @MethodSource("shapes")
  void sums(Isa isa, boolean halves, int size) {
    try (Arena arena = Arena.ofConfined()) {
      RunSums code = code(isa, size, halves, arena);
      int element = halves ? 2 : 4;
      Random random = new Random(size);
      for (int queries : new int[] {4, 8, 12, 32}) {
        for (int blocks : new int[] {1, 3}) {
          float[][] stored = new float[blocks][];
          long[] places = new long[blocks + 1 + BlockReader.AHEAD];
          for (int b = 0; b < blocks; b++) {
            stored[b] = floats(BLOCK * size, random);
            places[b + 1] = place(stored[b], halves, element, arena);
          }
          float[] q = floats(queries * size, random);
          float[] scores = floats(3 + queries * RUN, random);
          float[] expected = scores.clone();
          for (int i = 0; i < queries; i++) {
            for (int p = 0; p < blocks * BLOCK; p++) {
              float sum = 0;
              for (int s = 0; s < size; s++) {
                sum = Math.fma(stored[p / BLOCK][s * BLOCK + p % BLOCK], q[i * size + s], sum);
              }
              expected[3 + i * RUN + p] = sum * 0.125f;
            }
          }
          code.scores(places, 1, blocks, q, queries, 0.125f, scores, 3);
          assertThat(Arrays.mismatch(scores, expected)).as("%d scores", queries).isEqualTo(-1);

          float[] out = floats(5 + queries * (size + 2), random);
          expected = out.clone();
          for (int i = 0; i < queries; i++) {
            for (int s = 0; s < size; s++) {
              float sum = out[5 + i * (size + 2) + s];
              for (int p = 0; p < blocks * BLOCK; p++) {
                float value = stored[p / BLOCK][p % BLOCK * size + s];
                sum = Math.fma(value, scores[3 + i * RUN + p], sum);
              }
              expected[5 + i * (size + 2) + s] = sum;
            }
          }
          code.values(places, 1, blocks, scores, 3, queries, out, 5);
          assertThat(Arrays.mismatch(out, expected)).as("%d values", queries).isEqualTo(-1);
        }
      }
    }
  }

  /** Address of numbers behind which nothing can be read; they become what was stored. */
  private static long place(float[] numbers, boolean halves, int element, Arena arena) {
    long bytes = (long) numbers.length * element;
    long whole = Math.ceilDiv(bytes, PAGE) * PAGE;
    MemorySegment memory = LinuxMemory.map(whole + PAGE, arena);
    LinuxMemory.forbid(memory.asSlice(whole));
    MemorySegment to = memory.asSlice(whole - bytes, bytes);
    for (int i = 0; i < numbers.length; i++) {
      if (halves) {
        short half = Float.floatToFloat16(numbers[i]);
        to.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, half);
        numbers[i] = Float.float16ToFloat(half);
      } else {
        to.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, numbers[i]);
      }
    }
    return to.address();
  }

  @ParameterizedTest
  @EnumSource(names = {"AVX2", "AVX512"})
  void refusesWhatDoesNotFit(Isa isa) {
    try (Arena arena = Arena.ofConfined()) {
      RunSums code = code(isa, 64, false, arena);
      long[] places = new long[2 + BlockReader.AHEAD];
      Arrays.fill(places, arena.allocate(BLOCK * 64 * 4, 64).address());
      float[] q = new float[4 * 64];
      float[] scores = new float[3 * RUN + 32];
      float[] out = new float[4 * 66];
      beyond(() -> code.scores(places, 1, 2, q, 4, 1, scores, 0));
      beyond(() -> code.scores(places, -1, 2, q, 4, 1, scores, 0));
      beyond(() -> code.scores(places, 0, 2, q, 8, 1, new float[8 * RUN], 0));
      beyond(() -> code.scores(places, 0, 2, q, 4, 1, scores, 1));
      beyond(() -> code.values(places, 0, 2, scores, 1, 4, out, 0));
      beyond(() -> code.values(places, 0, 2, scores, 0, 4, out, 1));
      for (int[] wrong : new int[][] {{0, 4}, {33, 4}, {1, 0}, {1, 3}, {1, -4}}) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> code.scores(places, 0, wrong[0], q, wrong[1], 1, scores, 0))
            .withMessage(
                "found %d blocks and %d queries, allowed: 1 to 32, and by 4"
                    .formatted(wrong[0], wrong[1]));
      }
      assertThat(AttentionSums.triedOut(isa, 72, false, arena)).as("no whole registers").isEmpty();
      assertThat(AttentionSums.triedOut(isa, 528, false, arena)).as("too large").isEmpty();
    }
  }

  private static void beyond(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
