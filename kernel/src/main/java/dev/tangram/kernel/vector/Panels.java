package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Matrix;
import java.lang.foreign.MemorySegment;

/**
 * A matrix in panels of 32 rows. All words are 32 bits, little endian, and every word index is
 * followed by the 32 rows, so a register load takes the same word of neighbouring rows:
 *
 * <pre>
 *   panel   = section, section, ... (256 columns each, the last one shorter)
 *   section = [scale words x 32 rows][group 0: words x 32 rows][group 1] ...
 * </pre>
 *
 * Rows past the last are zero.
 */
record Panels(Format format, int rows, int columns, Layout layout, MemorySegment data)
    implements Matrix {
  static final int ROWS = 32;

  int panels() {
    return Math.ceilDiv(rows, ROWS);
  }

  /** Groups in a row, the last one perhaps short. */
  int groups() {
    return Math.ceilDiv(columns, layout.group());
  }

  int sections() {
    return Math.ceilDiv(columns, Layout.SECTION);
  }

  int groupsPerSection() {
    return Layout.SECTION / layout.group();
  }

  /** Groups of section {@code s}. */
  int groupsIn(int s) {
    return Math.min(groupsPerSection(), groups() - s * groupsPerSection());
  }

  /** Bytes of a full section of one panel. */
  int sectionBytes() {
    return layout.sectionWords(groupsPerSection()) * ROWS * Integer.BYTES;
  }

  /** Bytes of one panel; below 2^31, because a panel is only 32 rows. */
  int panelBytes() {
    int last = sections() - 1;
    return Math.toIntExact(
        (long) last * sectionBytes()
            + (long) layout.sectionWords(groupsIn(last)) * ROWS * Integer.BYTES);
  }

  MemorySegment panel(int p) {
    long bytes = panelBytes();
    return data.asSlice(p * bytes, bytes);
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
