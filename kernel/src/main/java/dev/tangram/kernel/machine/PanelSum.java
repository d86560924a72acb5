package dev.tangram.kernel.machine;

import dev.tangram.kernel.vector.LaneScales;
import dev.tangram.kernel.vector.Layout;
import java.lang.foreign.MemorySegment;

/**
 * What a {@link PanelWriter}'s code computes, one lane and one step at a time: the order of sums
 * written down once more, for {@link Tryout}.
 */
abstract class PanelSum {
  private static final int ROWS = 32;

  final Layout layout;
  private final int columns;
  private final LaneScales rows;
  // By row and by where a group's words begin: its quants, once somebody asked. Tokens share them.
  private final int[][][] known;

  PanelSum(Layout layout, int columns, MemorySegment panel) {
    this.layout = layout;
    this.columns = columns;
    this.rows = new LaneScales(layout, panel);
    this.known = new int[ROWS][Math.toIntExact(panel.byteSize() / (ROWS * Integer.BYTES))][];
  }

  /** The sum of one row for one token, from zero. */
  final float of(int token, int row) {
    int all = columns / layout.group();
    int perSection = Layout.SECTION / layout.group();
    float y = 0;
    for (int first = 0; first < all; first += perSection) {
      int groups = Math.min(perSection, all - first);
      int section = first / perSection * layout.sectionWords(perSection);
      int words = section + layout.scaleWords(groups);
      y = section(section, words, groups, first, token, row, y);
    }
    return y;
  }

  /**
   * y and the products of one section.
   *
   * @param section where its scales begin, in words of 32 rows
   * @param words where its quants begin
   * @param first number of its first group
   */
  abstract float section(
      int section, int words, int groups, int first, int token, int row, float y);

  /** Word {@code at} of a row, for formats whose words are no quants. */
  final int word(int at, int row) {
    return rows.word(at, row);
  }

  /** Quant c of a group whose quants begin at {@code words}. */
  final int quant(int words, int c, int row) {
    int[] quants = known[row][words];
    if (quants == null) {
      quants = quants(words, row);
      known[row][words] = quants;
    }
    return quants[c];
  }

  private int[] quants(int words, int row) {
    int[] group = new int[layout.groupWords()];
    for (int i = 0; i < group.length; i++) {
      group[i] = word(words + i, row);
    }
    int[] quants = new int[layout.group()];
    for (int c = 0; c < quants.length; c++) {
      quants[c] = layout.quantOf(group, c);
    }
    return quants;
  }

  final float scale(int section, int g, int row) {
    return rows.scale(section, g, row);
  }

  final float minimum(int section, int g, int row) {
    return rows.minimum(section, g, row);
  }
}
