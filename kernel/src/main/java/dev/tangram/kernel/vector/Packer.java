package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Workers;
import dev.tangram.kernel.scalar.Dequantizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.IntUnaryOperator;

/** Copies a matrix from its file layout into panels, once, at load. */
final class Packer {
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Packer() {}

  static Panels pack(
      Format format,
      Layout layout,
      int rows,
      int columns,
      MemorySegment source,
      Arena arena,
      Workers workers) {
    long rowBytes = format.rowBytes(columns);
    if (rows < 1 || source.byteSize() != Math.multiplyExact(rowBytes, (long) rows)) {
      throw new IllegalArgumentException(
          "%s[%d, %d] has %d bytes, found %d"
              .formatted(format, rows, columns, rowBytes * rows, source.byteSize()));
    }
    Panels sizes = new Panels(format, rows, columns, layout, MemorySegment.NULL);
    long bytes = Math.multiplyExact((long) sizes.panelBytes(), (long) sizes.panels());
    Panels panels = new Panels(format, rows, columns, layout, arena.allocate(bytes, 64));
    workers.run(
        panels.panels(),
        p -> {
          int last = Math.min(rows, (p + 1) * Panels.ROWS);
          MemorySegment target = panels.panel(p);
          int[] words = new int[panels.layout().sectionWords(panels.groupsPerSection())];
          for (int n = p * Panels.ROWS; n < last; n++) {
            row(panels, target, n % Panels.ROWS, source.asSlice(n * rowBytes, rowBytes), words);
          }
        });
    return panels;
  }

  private static void row(
      Panels panels, MemorySegment target, int lane, MemorySegment row, int[] words) {
    Layout layout = panels.layout();
    Format format = panels.format();
    int blockBytes = format.blockBytes();
    boolean tight = layout.spare() > 0;
    int blocksPerSection = Layout.SECTION / format.blockLength();
    for (int s = 0; s < panels.sections(); s++) {
      int groups = panels.groupsIn(s);
      int columns = Math.min(Layout.SECTION, panels.columns() - s * Layout.SECTION);
      long from = (long) s * blocksPerSection * blockBytes;
      int count = 0;
      for (; count < layout.scaleWords(groups); count++) {
        words[count] = scaleWord(format, layout.scaling(), row, from, count, groups);
      }
      if (layout.perLane() == 2) {
        count = Quants.shorts(row, from, columns, words, count);
      } else {
        for (int b = 0; b * format.blockLength() < columns; b++) {
          count = Quants.read(format, tight, row, from + (long) b * blockBytes, words, count);
        }
      }
      long to = (long) s * panels.sectionBytes() + lane * 4L;
      for (int i = 0; i < count; i++) {
        target.set(WORD, to + (long) i * (Panels.ROWS * Integer.BYTES), words[i]);
      }
    }
  }

  private static int u16(MemorySegment row, long at) {
    return row.get(U16, at) & 0xFFFF;
  }

  /** Scale word i of a section that begins at byte {@code from}; see {@link Layout.Scaling}. */
  private static int scaleWord(
      Format format, Layout.Scaling scaling, MemorySegment row, long from, int i, int groups) {
    int size = format.blockBytes();
    return switch (scaling) {
      case NONE -> throw new IllegalStateException("no scales");
      case HALF -> {
        int low = u16(row, from + 2L * i * size);
        int high = 2 * i + 1 < groups ? u16(row, from + (2L * i + 1) * size) : 0;
        yield low | high << 16;
      }
      case HALF_PAIR -> row.get(U32, from + (long) i * size);
      case SUPER_PAIR -> i == 0 ? row.get(U32, from) : superPair(row, from + 4, i - 1);
      case POWER ->
          bytes(4 * i, groups, g -> row.get(ValueLayout.JAVA_BYTE, from + (long) g * size));
      case SUPER_NIBBLES -> i == 0 ? row.get(U32, from + 80) : row.get(U32, from + 4L * (i - 1));
      case SUPER_SIGNED ->
          switch (format) {
            case Q3_K ->
                i == 0
                    ? u16(row, from + 108)
                    : bytes(4 * (i - 1), groups, g -> Dequantizer.signedScale6(row, from + 96, g));
            case IQ4_XS ->
                i == 0
                    ? u16(row, from)
                    : bytes(4 * (i - 1), groups, g -> Dequantizer.scaleXs(row, from, g));
            default -> i == 0 ? u16(row, from + 208) : row.get(U32, from + 192 + 4L * (i - 1));
          };
    };
  }

  /** Four groups' bytes in one lane, the first in the lowest bits; groups past the last are 0. */
  private static int bytes(int first, int groups, IntUnaryOperator value) {
    int word = 0;
    for (int g = first; g < Math.min(first + 4, groups); g++) {
      word |= (value.applyAsInt(g) & 0xFF) << 8 * (g - first);
    }
    return word;
  }

  /** Words 0 and 1: scales of groups 0..3 and 4..7; words 2 and 3: their minima. */
  private static int superPair(MemorySegment row, long scales, int i) {
    int word = 0;
    for (int k = 0; k < 4; k++) {
      int group = i % 2 * 4 + k;
      int value =
          i < 2 ? Dequantizer.scale6(row, scales, group) : Dequantizer.minimum6(row, scales, group);
      word |= value << (8 * k);
    }
    return word;
  }
}
