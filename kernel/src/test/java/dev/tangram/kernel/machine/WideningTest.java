package dev.tangram.kernel.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tangram.kernel.vector.BlockReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stored keys and values as floats: the vector tier's numbers, and nothing beyond the last. */
class WideningTest {
  private static final float UNTOUCHED = -12345;

  private static Widening code(Isa isa, Arena arena) {
    assumeTrue(Host.known() && !Host.aarch64(), "x86-64 alone");
    assumeTrue(Cpu.instructionSets().contains(isa), () -> "no " + isa + " here");
    assertThat(Widening.triedOut(isa, arena)).isInstanceOf(Widening.class);
    return new Widening(isa, arena);
  }

  private static MemorySegment floats(Arena arena, int count) {
    MemorySegment floats = arena.allocate(count * 4L, 4);
    for (int i = 0; i < count; i++) {
      floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, UNTOUCHED);
    }
    return floats;
  }

  private static float[] array(MemorySegment floats) {
    return floats.toArray(ValueLayout.JAVA_FLOAT);
  }

  /** Every half but the infinities, which are never stored. */
  @ParameterizedTest
  @EnumSource(names = {"AVX2", "AVX512"})
  void halves(Isa isa) {
    try (Arena arena = Arena.ofConfined()) {
      Widening code = code(isa, arena);
      int count = 1 << 16;
      MemorySegment from = arena.allocate(count * 2L + 6, 2);
      for (int i = 0; i < count; i++) {
        boolean infinite = (i & 0x7FFF) == 0x7C00;
        from.setAtIndex(ValueLayout.JAVA_SHORT, i + 3, (short) (infinite ? 1 : i));
      }
      MemorySegment found = floats(arena, count + 1);
      MemorySegment expected = floats(arena, count + 1);
      code.halves(from, 6, count, found);
      BlockReader.VECTOR.halves(from, 6, count, expected);
      assertThat(array(found)).isEqualTo(array(expected));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AVX2", "AVX512"})
  void bytes(Isa isa) {
    try (Arena arena = Arena.ofConfined()) {
      Widening code = code(isa, arena);
      Random random = new Random(7);
      for (int rows : new int[] {1, 16, 31, 32, 33, 64, 80, 255, 256}) {
        int scales = Math.ceilDiv(rows, 32) * 16;
        MemorySegment from = arena.allocate(8 + scales * 4L + rows * 16L, 4);
        for (int i = 0; i < rows * 16; i++) {
          from.set(ValueLayout.JAVA_BYTE, 8 + scales * 4L + i, (byte) random.nextInt());
        }
        for (int i = 0; i < scales; i++) {
          from.setAtIndex(ValueLayout.JAVA_FLOAT, 2 + i, random.nextFloat() * 1e-3f);
        }
        MemorySegment found = floats(arena, rows * 16 + 1);
        MemorySegment expected = floats(arena, rows * 16 + 1);
        code.keys(from, 8, 8 + scales * 4L, rows, found);
        BlockReader.VECTOR.keys(from, 8, 8 + scales * 4L, rows, expected);
        assertThat(array(found)).as("keys, %d rows", rows).isEqualTo(array(expected));

        // As many bytes in groups of 32 have half a scale for each row: there are enough.
        int groups = Math.min(rows / 2, scales);
        found = floats(arena, groups * 32 + 1);
        expected = floats(arena, groups * 32 + 1);
        code.values(from, 8, 8 + scales * 4L, groups, found);
        BlockReader.VECTOR.values(from, 8, 8 + scales * 4L, groups, expected);
        assertThat(array(found)).as("values, %d groups", groups).isEqualTo(array(expected));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AVX2", "AVX512"})
  void refusesWhatDoesNotFit(Isa isa) {
    try (Arena arena = Arena.ofConfined()) {
      Widening code = code(isa, arena);
      MemorySegment memory = arena.allocate(1024, 64);
      MemorySegment out = arena.allocate(1024, 64);
      beyond(() -> code.halves(memory, 1000, 16, out));
      beyond(() -> code.halves(memory, -2, 16, out));
      beyond(() -> code.halves(memory, 0, 272, out));
      beyond(() -> code.keys(memory, 1000, 0, 1, out));
      beyond(() -> code.keys(memory, 0, 1016, 1, out));
      beyond(() -> code.keys(memory, 0, 128, 17, out));
      beyond(() -> code.keys(memory, 0, 128, 33, out));
      beyond(() -> code.values(memory, 1020, 0, 2, out));
      beyond(() -> code.values(memory, 0, 1008, 1, out));
      beyond(() -> code.values(memory, 0, 64, 9, out));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> code.halves(memory, 0, 15, out))
          .withMessage("halves: found 15, allowed: by 16");
      MemorySegment heap = MemorySegment.ofArray(new byte[1024]);
      assertThatIllegalArgumentException().isThrownBy(() -> code.halves(heap, 0, 16, out));
      assertThatIllegalArgumentException().isThrownBy(() -> code.halves(memory, 0, 16, heap));
    }
  }

  private static void beyond(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
