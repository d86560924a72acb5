package dev.tangram.kernel.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Integers are the nearest there are, and their sums are exact. */
class CellsPropertyTest {
  private static final long SEED = Long.getLong("tangram.seed", System.nanoTime());
  private static final int COLUMNS = PanelProducts.CELL_COLUMNS;

  private static int[] cell(Format format, float[] x) {
    int[] cells = new int[PanelProducts.CELL_WORDS];
    Cells.fill(Layout.tight(format), x, 0, cells, 0);
    return cells;
  }

  private static int integer(int[] cell, int column) {
    return (short) (cell[column / 2] >> column % 2 * 16);
  }

  @Test
  void integersAreNearest() {
    System.out.printf("CellsPropertyTest seed=%d (replay: -Dtangram.seed=%<d)%n", SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      // Sizes from the least float to the largest.
      double size = Math.scalb(1.0, random.nextInt(277) - 150);
      float[] x = new float[COLUMNS];
      double most = 0;
      for (int c = 0; c < COLUMNS; c++) {
        x[c] = (float) Math.clamp(random.nextGaussian() * size, -Float.MAX_VALUE, Float.MAX_VALUE);
        most = Math.max(most, Math.abs(x[c]));
      }
      int[] cell = cell(Format.Q8_0, x);
      float step = Float.intBitsToFloat(cell[Cells.STEP]);
      int sum = 0;
      for (int c = 0; c < COLUMNS; c++) {
        int found = integer(cell, c);
        assertThat(Math.abs(found)).isLessThanOrEqualTo(32767);
        // Half a step and a float's rounding; of numbers whose step is no normal float, their size.
        double limit = most > 0x1p-108 ? most / 32767 * 0.5 + most * 0x1p-22 : 1.5 * most;
        assertThat(Math.abs((double) found * step - x[c]))
            .as("%s at a step of %s", x[c], step)
            .isLessThanOrEqualTo(limit);
        sum += found;
      }
      if (most > 0x1p-90) {
        assertThat(most / 32767 / step).isBetween(1 - 0x1p-22, 1 + 0x1p-22);
      }
      assertThat(Float.intBitsToFloat(cell[Cells.SUM])).isEqualTo(sum * step);
      assertThat(cell[Cells.SEEDS]).isEqualTo(-128 * sum);
    }
  }

  @Test
  void eachOfTwoGroupsHasItsSeed() {
    Random random = new Random(SEED);
    float[] x = new float[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
      x[c] = random.nextFloat();
    }
    int[] cell = cell(Format.Q6_K, x);
    int[] sums = new int[2];
    for (int c = 0; c < COLUMNS; c++) {
      sums[c / 16] += integer(cell, c);
    }
    assertThat(cell[Cells.SEEDS]).isEqualTo(-32 * sums[0]);
    assertThat(cell[Cells.SEEDS + 1]).isEqualTo(-32 * sums[1]);
  }

  @Test
  void zerosAreZeros() {
    float[] x = new float[COLUMNS];
    x[7] = -0f;
    assertThat(cell(Format.Q8_0, x)).containsOnly(0);
  }

  @Test
  void aNumberThatIsNoneSpoilsItsCell() {
    for (float none : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int c = 0; c < COLUMNS; c++) {
        float[] x = new float[COLUMNS];
        Arrays.fill(x, 1);
        x[c] = none;
        int[] cell = cell(Format.Q4_K, x);
        assertThat(Float.intBitsToFloat(cell[Cells.STEP])).isNaN();
        assertThat(Float.intBitsToFloat(cell[Cells.SUM])).isNaN();
      }
    }
  }
}
