package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Takes the unsigned quants (or the bits of the floats) out of a block of a file. */
final class Quants {
  private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Quants() {}

  /** Writes the block's quants in column order to q[offset ...]. */
  static void read(Format format, MemorySegment row, long at, int[] q, int offset) {
    switch (format) {
      case F32 -> q[offset] = row.get(U32, at);
      case F16, BF16 -> q[offset] = row.get(U16, at) & 0xFFFF;
      case Q8_0 -> {
        for (int j = 0; j < 32; j++) {
          q[offset + j] = row.get(U8, at + 2 + j) + 128;
        }
      }
      case Q4_0 -> nibbles(row, at + 2, 0, q, offset);
      case Q4_1 -> nibbles(row, at + 4, 0, q, offset);
      case Q5_0 -> nibbles(row, at + 6, row.get(U32, at + 2), q, offset);
      case Q5_1 -> nibbles(row, at + 8, row.get(U32, at + 4), q, offset);
      case Q4_K -> {
        for (int i = 0; i < 4; i++) {
          pairs(row, at + 16 + 32 * i, -1, 2 * i, q, offset + 64 * i);
        }
      }
      case Q5_K -> {
        for (int i = 0; i < 4; i++) {
          pairs(row, at + 48 + 32 * i, at + 16, 2 * i, q, offset + 64 * i);
        }
      }
      case Q6_K -> q6(row, at, q, offset);
    }
  }

  private static void nibbles(MemorySegment row, long at, int high, int[] q, int offset) {
    for (int j = 0; j < 16; j++) {
      int b = row.get(U8, at + j) & 0xFF;
      q[offset + j] = (b & 15) | (high >>> j & 1) << 4;
      q[offset + j + 16] = (b >>> 4) | (high >>> (j + 16) & 1) << 4;
    }
  }

  /** 32 bytes whose low nibbles are one group and whose high nibbles are the next. */
  private static void pairs(MemorySegment row, long at, long highBits, int group, int[] q, int offset) {
    for (int l = 0; l < 32; l++) {
      int b = row.get(U8, at + l) & 0xFF;
      int high = highBits < 0 ? 0 : row.get(U8, highBits + l) >>> group;
      q[offset + l] = (b & 15) | (high & 1) << 4;
      q[offset + l + 32] = (b >>> 4) | (high >>> 1 & 1) << 4;
    }
  }

  private static void q6(MemorySegment row, long at, int[] q, int offset) {
    for (int h = 0; h < 2; h++) {
      for (int l = 0; l < 32; l++) {
        int first = row.get(U8, at + 64 * h + l) & 0xFF;
        int second = row.get(U8, at + 64 * h + 32 + l) & 0xFF;
        int high = row.get(U8, at + 128 + 32 * h + l) & 0xFF;
        int to = offset + 128 * h + l;
        q[to] = (first & 15) | (high & 3) << 4;
        q[to + 32] = (second & 15) | (high >>> 2 & 3) << 4;
        q[to + 64] = (first >>> 4) | (high >>> 4 & 3) << 4;
        q[to + 96] = (second >>> 4) | (high >>> 6) << 4;
      }
    }
  }
}
