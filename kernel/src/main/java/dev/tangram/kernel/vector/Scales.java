package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;
import static dev.tangram.kernel.vector.Lanes.I;
import static dev.tangram.kernel.vector.Lanes.ORDER;
import static jdk.incubator.vector.VectorOperators.I2F;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Decodes the scales and minima of one section of a panel to floats: [group][32 rows] each. */
final class Scales {
  /**
   * Moves a half's exponent to a float's: the halves' smallest subnormal survives, because 2^112 is
   * exact.
   */
  static final float EXPONENT = 0x1p112f;

  private Scales() {}

  static void decode(
      Layout layout, MemorySegment panel, int at, int groups, float[] scale, float[] minimum) {
    switch (layout.scaling()) {
      case NONE -> {
        Arrays.fill(scale, 0, groups * Panels.ROWS, 1);
        Arrays.fill(minimum, 0, groups * Panels.ROWS, 0);
      }
      case HALF -> halves(panel, at, groups, layout.zero(), scale, minimum);
      case HALF_PAIR -> pairs(panel, at, groups, scale, minimum);
      case POWER -> powers(panel, at, groups, layout.zero(), scale, minimum);
      case SUPER_NIBBLES -> superNibbles(panel, at, groups, scale, minimum);
      case SUPER_PAIR -> superPairs(panel, at, groups, scale, minimum);
      case SUPER_SIGNED -> superSigned(panel, at, groups, layout.zero(), scale, minimum);
    }
  }

  /**
   * Writes the floats of one register of halves, times a factor, to out[to ...].
   *
   * @param at byte offset of the words
   * @param shift 0 for the halves in the low 16 bits of each word, 16 for the others
   */
  static void halvesInto(
      MemorySegment panel, long at, int shift, float factor, float[] out, int to) {
    IntVector words =
        IntVector.fromMemorySegment(I, panel, at, ORDER).lanewise(VectorOperators.LSHR, shift);
    IntVector magnitude = words.and(0x7FFF).lanewise(VectorOperators.LSHL, 13);
    IntVector sign = words.and(0x8000).lanewise(VectorOperators.LSHL, 16);
    magnitude
        .reinterpretAsFloats()
        .mul(EXPONENT)
        .reinterpretAsInts()
        .or(sign)
        .reinterpretAsFloats()
        .mul(factor)
        .intoArray(out, to);
  }

  private static long wordAt(int at, int word, int row) {
    return at + (word * Panels.ROWS + row) * 4L;
  }

  private static void halves(
      MemorySegment panel, int at, int groups, int zero, float[] scale, float[] minimum) {
    for (int g = 0; g < groups; g++) {
      int shift = (g & 1) * 16;
      for (int r = 0; r < Panels.ROWS; r += COUNT) {
        long word = wordAt(at, g >> 1, r);
        halvesInto(panel, word, shift, 1, scale, g * Panels.ROWS + r);
        halvesInto(panel, word, shift, -zero, minimum, g * Panels.ROWS + r);
      }
    }
  }

  private static void pairs(
      MemorySegment panel, int at, int groups, float[] scale, float[] minimum) {
    for (int g = 0; g < groups; g++) {
      for (int r = 0; r < Panels.ROWS; r += COUNT) {
        long word = wordAt(at, g, r);
        halvesInto(panel, word, 0, 1, scale, g * Panels.ROWS + r);
        halvesInto(panel, word, 16, 1, minimum, g * Panels.ROWS + r);
      }
    }
  }

  private static void superPairs(
      MemorySegment panel, int at, int groups, float[] scale, float[] minimum) {
    for (int r = 0; r < Panels.ROWS; r += COUNT) {
      // Through memory that is written over below: no register crosses a call.
      halvesInto(panel, wordAt(at, 0, r), 0, 1, scale, r);
      halvesInto(panel, wordAt(at, 0, r), 16, -1, minimum, r);
      FloatVector d = FloatVector.fromArray(F, scale, r);
      FloatVector dmin = FloatVector.fromArray(F, minimum, r);
      for (int g = 0; g < groups; g++) {
        int shift = (g & 3) * 8;
        IntVector sc = IntVector.fromMemorySegment(I, panel, wordAt(at, 1 + (g >> 2), r), ORDER);
        ((FloatVector) sc.lanewise(VectorOperators.LSHR, shift).and(255).convert(I2F, 0))
            .mul(d)
            .intoArray(scale, g * Panels.ROWS + r);
        IntVector m = IntVector.fromMemorySegment(I, panel, wordAt(at, 3 + (g >> 2), r), ORDER);
        ((FloatVector) m.lanewise(VectorOperators.LSHR, shift).and(255).convert(I2F, 0))
            .mul(dmin)
            .intoArray(minimum, g * Panels.ROWS + r);
      }
    }
  }

  /** Byte e of each lane is 2^(e - 128); those below the normal floats are 2^-127 and 2^-128. */
  private static void powers(
      MemorySegment panel, int at, int groups, int zero, float[] scale, float[] minimum) {
    for (int g = 0; g < groups; g++) {
      int shift = (g & 3) * 8;
      for (int r = 0; r < Panels.ROWS; r += COUNT) {
        IntVector e =
            IntVector.fromMemorySegment(I, panel, wordAt(at, g >> 2, r), ORDER)
                .lanewise(VectorOperators.LSHR, shift)
                .and(255);
        IntVector normal = e.sub(1).lanewise(VectorOperators.LSHL, 23);
        IntVector subnormal = e.add(1).lanewise(VectorOperators.LSHL, 21);
        FloatVector s =
            normal.blend(subnormal, e.compare(VectorOperators.LT, 2)).reinterpretAsFloats();
        s.intoArray(scale, g * Panels.ROWS + r);
        s.mul(-zero).intoArray(minimum, g * Panels.ROWS + r);
      }
    }
  }

  private static void superNibbles(
      MemorySegment panel, int at, int groups, float[] scale, float[] minimum) {
    for (int r = 0; r < Panels.ROWS; r += COUNT) {
      // Through memory that is written over below: no register crosses a call.
      halvesInto(panel, wordAt(at, 0, r), 0, 1, scale, r);
      halvesInto(panel, wordAt(at, 0, r), 16, -1, minimum, r);
      FloatVector d = FloatVector.fromArray(F, scale, r);
      FloatVector dmin = FloatVector.fromArray(F, minimum, r);
      for (int g = 0; g < groups; g++) {
        IntVector word = IntVector.fromMemorySegment(I, panel, wordAt(at, 1 + (g >> 2), r), ORDER);
        int shift = (g & 3) * 8;
        ((FloatVector) word.lanewise(VectorOperators.LSHR, shift).and(15).convert(I2F, 0))
            .mul(d)
            .intoArray(scale, g * Panels.ROWS + r);
        ((FloatVector) word.lanewise(VectorOperators.LSHR, shift + 4).and(15).convert(I2F, 0))
            .mul(dmin)
            .intoArray(minimum, g * Panels.ROWS + r);
      }
    }
  }

  private static void superSigned(
      MemorySegment panel, int at, int groups, int zero, float[] scale, float[] minimum) {
    for (int r = 0; r < Panels.ROWS; r += COUNT) {
      halvesInto(panel, wordAt(at, 0, r), 0, 1, scale, r);
      FloatVector d = FloatVector.fromArray(F, scale, r);
      for (int g = 0; g < groups; g++) {
        IntVector sc =
            IntVector.fromMemorySegment(I, panel, wordAt(at, 1 + (g >> 2), r), ORDER)
                .lanewise(VectorOperators.LSHL, 24 - (g & 3) * 8)
                .lanewise(VectorOperators.ASHR, 24);
        FloatVector s = ((FloatVector) sc.convert(I2F, 0)).mul(d);
        s.intoArray(scale, g * Panels.ROWS + r);
        s.mul(-zero).intoArray(minimum, g * Panels.ROWS + r);
      }
    }
  }
}
