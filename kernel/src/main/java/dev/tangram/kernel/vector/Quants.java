package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.scalar.Dequantizer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.IntUnaryOperator;

/**
 * Takes the unsigned quants (or the bits of the floats) out of a block of a file and sets them side
 * by side in 32-bit lanes, as {@link Layout} wants them. Eight or sixteen quants move at a time by
 * gathering bits.
 */
final class Quants {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ORDER);

  private static final long LOW_NIBBLES = 0x0F0F0F0F_0F0F0F0FL;
  private static final long LOW_BITS = 0x01010101_01010101L;

  /** The low nibbles of bytes 0, 2, 4 and 6, and of 1, 3, 5 and 7. */
  private static final long EVEN_LOW = 0x000F000F_000F000FL;

  private static final long ODD_LOW = 0x0F000F00_0F000F00L;

  /** The low four bits, and the fifth, of each of six 5-bit quants in a lane. */
  private static final int FOUR_OF_FIVE = 0b0_01111_01111_01111_0_01111_01111_01111;

  private static final int FIFTH = 0b0_10000_10000_10000_0_10000_10000_10000;

  private Quants() {}

  /**
   * Writes the lanes of a block's quants to {@code words[offset ...]}.
   *
   * @param tight whether the layout has tails
   * @return the index after the last word written
   */
  static int read(
      Format format, boolean tight, MemorySegment row, long at, int[] words, int offset) {
    return switch (format) {
      case F32 -> {
        words[offset] = row.get(U32, at);
        yield offset + 1;
      }
      case F16, BF16 ->
          throw new IllegalArgumentException("two values of " + format + " share a lane");
      case Q8_0 -> {
        for (int w = 0; w < 8; w++) {
          words[offset + w] = paired(row.get(U32, at + 2 + 4 * w) ^ 0x80808080);
        }
        yield offset + 8;
      }
      case Q4_0 -> nibbles(row, at + 2, words, offset);
      case Q4_1 -> nibbles(row, at + 4, words, offset);
      case Q5_0 -> fives(tight, row, at + 6, row.get(U32, at + 2), words, offset);
      case Q5_1 -> fives(tight, row, at + 8, row.get(U32, at + 4), words, offset);
      case Q4_K -> q4K(row, at + 16, words, offset);
      case Q5_K -> q5K(tight, row, at, words, offset);
      case Q6_K -> q6K(tight, row, at, words, offset);
      case Q2_K -> lanes(256, 2, 16, e -> Dequantizer.twoBits(row, at + 16, e), words, offset);
      case Q3_K -> lanes(256, 4, 8, e -> Dequantizer.threeBits(row, at, e), words, offset);
      case IQ4_NL -> steps(row, at + 2, words, offset);
      case IQ4_XS -> {
        for (int j = 0; j < 8; j++) {
          offset = steps(row, at + 8 + 16 * j, words, offset);
        }
        yield offset;
      }
      case MXFP4 ->
          lanes(32, 5, 6, e -> 12 + Dequantizer.doubled(nibble(row, at + 1, e)), words, offset);
    };
  }

  /** {@code count} values of two bytes each, two to a lane. */
  static int shorts(MemorySegment row, long at, int count, int[] words, int offset) {
    for (int i = 0; i + 2 <= count; i += 2) {
      words[offset++] = row.get(U32, at + 2L * i);
    }
    if (count % 2 == 1) {
      words[offset++] = row.get(U16, at + 2L * (count - 1)) & 0xFFFF;
    }
    return offset;
  }

  /** Quants one after the other, {@code perLane} to a lane. */
  private static int lanes(
      int count, int bits, int perLane, IntUnaryOperator quant, int[] words, int offset) {
    for (int e = 0; e < count; e += perLane, offset++) {
      words[offset] = lane(Math.min(perLane, count - e), bits, e, quant);
    }
    return offset;
  }

  private static int lane(int count, int bits, int first, IntUnaryOperator quant) {
    int word = 0;
    for (int j = 0; j < count; j++) {
      word |= quant.applyAsInt(first + j) << j / 2 * bits + j % 2 * 16;
    }
    return word;
  }

  /** Quant e of 32 whose first half is in the low nibbles of 16 bytes. */
  private static int nibble(MemorySegment row, long at, int e) {
    return row.get(ValueLayout.JAVA_BYTE, at + e % 16) >>> 4 * (e / 16) & 15;
  }

  /** 16 bytes of nibbles, what they choose as a byte each, its zero at 128. */
  private static int steps(MemorySegment row, long at, int[] words, int offset) {
    return lanes(32, 8, 4, e -> 128 + Dequantizer.step(nibble(row, at, e)), words, offset);
  }

  /** A lane of the low nibbles of 8 bytes. */
  private static int low(MemorySegment row, long at) {
    return paired(row.get(U64, at), EVEN_LOW, ODD_LOW);
  }

  private static int high(MemorySegment row, long at) {
    return paired(row.get(U64, at), EVEN_LOW << 4, ODD_LOW << 4);
  }

  private static int paired(long bytes, long even, long odd) {
    return (int) (Long.compress(bytes, even) | Long.compress(bytes, odd) << 16);
  }

  /** A lane of four bytes. */
  private static int paired(int bytes) {
    return bytes & 0xFF0000FF | bytes >>> 8 & 0xFF00 | (bytes & 0xFF00) << 8;
  }

  /** 16 nibbles one after the other: the low ones of 16 bytes, the high ones. */
  private static long lows(MemorySegment row, long at) {
    return Long.compress(row.get(U64, at), LOW_NIBBLES)
        | Long.compress(row.get(U64, at + 8), LOW_NIBBLES) << 32;
  }

  private static long highs(MemorySegment row, long at) {
    return Long.compress(row.get(U64, at), ~LOW_NIBBLES)
        | Long.compress(row.get(U64, at + 8), ~LOW_NIBBLES) << 32;
  }

  /** 16 bytes: columns 0..15 in the low nibbles, 16..31 in the high ones. */
  private static int nibbles(MemorySegment row, long at, int[] words, int offset) {
    words[offset] = low(row, at);
    words[offset + 1] = low(row, at + 8);
    words[offset + 2] = high(row, at);
    words[offset + 3] = high(row, at + 8);
    return offset + 4;
  }

  private static int fives(
      boolean tight, MemorySegment row, long at, int fifths, int[] words, int offset) {
    return fives(tight, lows(row, at), highs(row, at), fifths, words, offset);
  }

  /** Shares a group's tail out to the tops of the halves of its words. */
  private static int tail(int tail, int bits, int count, int[] words, int offset) {
    int spare = 16 % bits;
    int low = ((1 << spare) - 1) * 0x10001;
    for (int w = 0; w < count; w++) {
      words[offset + w] |= (tail >>> (count - 1 - w) * spare & low) << 16 - spare;
    }
    return offset + count;
  }

  /**
   * 32 quants of five bits, from two times 16 nibbles and 32 fifth bits: five lanes of six, and two
   * in a lane or a tail.
   */
  private static int fives(
      boolean tight, long first, long second, int fifths, int[] words, int offset) {
    words[offset] = five((int) first, fifths);
    words[offset + 1] = five((int) (first >>> 24), fifths >>> 6);
    words[offset + 2] = five((int) (first >>> 48 | second << 16), fifths >>> 12);
    words[offset + 3] = five((int) (second >>> 8), fifths >>> 18);
    words[offset + 4] = five((int) (second >>> 32), fifths >>> 24);
    int last = five((int) (second >>> 56), fifths >>> 30);
    if (tight) {
      return tail(last, 5, 5, words, offset);
    }
    words[offset + 5] = last;
    return offset + 6;
  }

  private static int five(int nibbles, int fifths) {
    int four = Integer.compress(nibbles, 0x0F0F0F) | Integer.compress(nibbles, 0xF0F0F0) << 12;
    int fifth = Integer.compress(fifths, 0b010101) | Integer.compress(fifths, 0b101010) << 3;
    return Integer.expand(four, FOUR_OF_FIVE) | Integer.expand(fifth, FIFTH);
  }

  /** Four times 32 bytes whose low nibbles are one group and whose high nibbles are the next. */
  private static int q4K(MemorySegment row, long at, int[] words, int offset) {
    for (int i = 0; i < 4; i++, at += 32, offset += 8) {
      for (int w = 0; w < 4; w++) {
        words[offset + w] = low(row, at + 8 * w);
        words[offset + 4 + w] = high(row, at + 8 * w);
      }
    }
    return offset;
  }

  private static int q5K(boolean tight, MemorySegment row, long block, int[] words, int offset) {
    long at = block + 48;
    for (int i = 0; i < 4; i++, at += 32) {
      int first = fifths(row, block + 16, 2 * i);
      offset = fives(tight, lows(row, at), lows(row, at + 16), first, words, offset);
      int second = fifths(row, block + 16, 2 * i + 1);
      offset = fives(tight, highs(row, at), highs(row, at + 16), second, words, offset);
    }
    return offset;
  }

  /** Bit {@code group} of 32 bytes. */
  private static int fifths(MemorySegment row, long at, int group) {
    int bits = 0;
    for (int w = 0; w < 4; w++) {
      bits |= (int) Long.compress(row.get(U64, at + 8 * w), LOW_BITS << group) << (8 * w);
    }
    return bits;
  }

  /**
   * Four to a lane, a byte each or, with a tail, groups of 16 in three lanes; the file has four low
   * bits of 128 columns in one place, two high ones in another.
   */
  private static int q6K(boolean tight, MemorySegment row, long at, int[] words, int offset) {
    if (!tight) {
      for (int column = 0; column < 256; column += 4) {
        words[offset++] = paired(sixes(row, at, column));
      }
      return offset;
    }
    for (int column = 0; column < 256; column += 16) {
      for (int w = 0; w < 3; w++) {
        words[offset + w] = six(sixes(row, at, column + 4 * w));
      }
      offset = tail(six(sixes(row, at, column + 12)), 6, 3, words, offset);
    }
    return offset;
  }

  /** Quants of four columns, a byte each. */
  private static int sixes(MemorySegment row, long at, int column) {
    int half = column / 128;
    int quarter = column % 128 / 32;
    int low = row.get(U32, at + 64 * half + 32 * (quarter % 2) + column % 32);
    int high = row.get(U32, at + 128 + 32 * half + column % 32);
    return low >>> 4 * (quarter / 2) & 0x0F0F0F0F | (high >>> 2 * quarter & 0x03030303) << 4;
  }

  /** Four bytes of six bits as two pairs. */
  private static int six(int bytes) {
    return bytes & 0x3F
        | bytes >>> 16 - 6 & 0x3F << 6
        | (bytes & 0x3F00) << 8
        | (bytes & 0x3F000000) >>> 2;
  }
}
