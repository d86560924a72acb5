package dev.tangram.kernel.machine;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Workers;
import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;
import dev.tangram.kernel.vector.VectorKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/**
 * Tries new code on a few random blocks before it is used: each result is compared, bit for bit,
 * with the same sums made a lane at a time. Those are spelled out in {@link PanelSum} and not left
 * to the vector tier, because a process that has just begun would interpret it for seconds.
 */
final class Tryout implements PanelProducts {
  private static final int ROWS = 32;

  private final PanelProducts products;
  private String difference;

  private Tryout(PanelProducts products) {
    this.products = products;
  }

  /** Packs as the vector tier does and multiplies with the products under trial. */
  private static final class Trial extends VectorKernels {
    Trial(Workers workers, Tryout tryout) {
      super(workers, tryout);
    }
  }

  /** Where the first result differs, or null. */
  static String difference(PanelProducts products, Format format) {
    // A whole section and, where blocks are shorter, part of one with an odd number of groups.
    int columns = Layout.SECTION + (format.blockLength() == Layout.SECTION ? 256 : 96);
    if (!products.takes(format, columns)) {
      return null;
    }
    Random random = new Random(format.ordinal());
    Tryout tryout = new Tryout(products);
    try (Workers alone = new Workers(1);
        Arena arena = Arena.ofConfined()) {
      Trial trial = new Trial(alone, tryout);
      var w = trial.pack(format, ROWS, columns, weights(format, columns, random), arena);
      // 31 tokens are 16, 8, 4, 2 and 1.
      for (int tokens : new int[] {1, 31}) {
        float[] x = new float[tokens * columns];
        for (int i = 0; i < x.length; i++) {
          x[i] = random.nextFloat() - 0.5f;
        }
        trial.multiply(w, x, tokens, new float[tokens * ROWS]);
      }
    }
    return tryout.difference;
  }

  /** Random bytes; a bit of each is cleared, so that no half and no float is infinite. */
  private static MemorySegment weights(Format format, int columns, Random random) {
    byte[] bytes = new byte[Math.toIntExact(ROWS * format.rowBytes(columns))];
    random.nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] &= (byte) 0xBF;
    }
    return MemorySegment.ofArray(bytes);
  }

  @Override
  public Layout layout(Format format) {
    return products.layout(format);
  }

  @Override
  public boolean takes(Format format, int columns) {
    return true;
  }

  @Override
  public void multiply(
      Format format,
      int columns,
      MemorySegment panel,
      float[] x,
      int xAt,
      float[] sums,
      int sumsAt,
      int tokens,
      float[] y) {
    products.multiply(format, columns, panel, x, xAt, sums, sumsAt, tokens, y);
    Layout layout = Layout.tight(format);
    compare(new FloatSum(layout, columns, panel, x, xAt, sums, sumsAt, tokens), tokens, y);
  }

  @Override
  public boolean integers(Format format, int columns) {
    return products.integers(format, columns);
  }

  @Override
  public void cells(
      Format format, int columns, float[] x, int from, int[] cells, int to, int stride) {
    products.cells(format, columns, x, from, cells, to, stride);
    int[] expected = new int[CELL_WORDS];
    for (int c = 0; c < columns && difference == null; c += CELL_COLUMNS) {
      Cells.fill(Layout.tight(format), x, from + c, expected, 0);
      int[] found = Arrays.copyOfRange(cells, to, to + CELL_WORDS);
      int i = Arrays.mismatch(found, expected);
      if (i >= 0) {
        difference = "word %d of a cell: %d for %d".formatted(i, found[i], expected[i]);
      }
      to += stride * CELL_WORDS;
    }
  }

  @Override
  public void multiply(
      Format format, int columns, MemorySegment panel, int[] cells, int at, int tokens, float[] y) {
    products.multiply(format, columns, panel, cells, at, tokens, y);
    compare(new IntegerSum(Layout.tight(format), columns, panel, cells, at, tokens), tokens, y);
  }

  private void compare(PanelSum sum, int tokens, float[] y) {
    for (int t = 0; t < tokens && difference == null; t++) {
      // All lanes for one token; for many, those at both ends of the registers.
      for (int row = 0; row < ROWS; row += tokens == 1 || row % 16 == 15 ? 1 : 15) {
        float expected = sum.of(t, row);
        float found = y[t * ROWS + row];
        if (Float.floatToIntBits(found) != Float.floatToIntBits(expected)) {
          difference =
              "row %d of token %d of %d: %s for %s".formatted(row, t, tokens, found, expected);
          return;
        }
      }
    }
  }
}
