package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;

import dev.tangram.kernel.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/**
 * {@code y[t] = W x[t]} over panels. One token takes the quants straight from memory to registers; more tokens unpack a
 * group once, into the first-level cache, and run over it in tiles of four tokens.
 *
 * <p>Numerics: see {@link Groups}; sums go by group in column order whatever the number of tokens.
 */
final class Multiply {
  /** A chunk of work reads about this much, so that taking chunks costs little and balances well. */
  private static final int CHUNK_BYTES = 64 << 10;

  private static final int TILE = 4;

  /** Buffers of one worker. */
  private static final class Scratch {
    final float[] scale = new float[16 * Panels.ROWS];
    final float[] minimum = new float[16 * Panels.ROWS];
    final float[] unpacked = new float[32 * Panels.ROWS];
    final float[] sums = new float[TILE * Panels.ROWS];
    float[] y = new float[TILE * Panels.ROWS];
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private Multiply() {}

  static void multiply(Panels w, float[] x, int tokens, float[] y, Workers workers) {
    Objects.checkFromIndexSize(0, tokens * w.columns(), x.length);
    Objects.checkFromIndexSize(0, Math.multiplyExact(tokens, w.rows()), y.length);
    float[] sums = w.layout().scaled() ? groupSums(w, x, tokens) : null;
    int perChunk = Math.max(1, CHUNK_BYTES / w.panelBytes() / Math.min(tokens, 8));
    workers.run(
        Math.ceilDiv(w.panels(), perChunk),
        chunk -> {
          Scratch scratch = SCRATCH.get();
          int last = Math.min(w.panels(), (chunk + 1) * perChunk);
          for (int p = chunk * perChunk; p < last; p++) {
            panel(w, p, x, tokens, sums, scratch, y);
          }
        });
  }

  /** sums[t][group] of x, which the minima multiply. */
  private static float[] groupSums(Panels w, float[] x, int tokens) {
    int groups = w.groups();
    int size = w.layout().group();
    float[] sums = new float[tokens * groups];
    for (int t = 0; t < tokens; t++) {
      for (int g = 0; g < groups; g++) {
        int from = t * w.columns() + g * size;
        int to = Math.min(from + size, (t + 1) * w.columns());
        float sum = 0;
        for (int i = from; i < to; i++) {
          sum += x[i];
        }
        sums[t * groups + g] = sum;
      }
    }
    return sums;
  }

  private static void panel(
      Panels w, int p, float[] x, int tokens, float[] sums, Scratch scratch, float[] y) {
    if (scratch.y.length < tokens * Panels.ROWS) {
      scratch.y = new float[tokens * Panels.ROWS];
    }
    Arrays.fill(scratch.y, 0, tokens * Panels.ROWS, 0);
    MemorySegment panel = w.panel(p);
    int sectionBytes = w.sectionBytes();
    for (int s = 0; s < w.sections(); s++) {
      int groups = w.groupsIn(s);
      Scales.decode(w.layout(), panel, s * sectionBytes, groups, scratch.scale, scratch.minimum);
      if (tokens == 1 && w.layout().quant() == Layout.Quant.INTEGER) {
        sectionOfOne(w, panel, s, groups, x, sums, scratch);
      } else {
        section(w, panel, s, groups, x, tokens, sums, scratch);
      }
    }
    int first = p * Panels.ROWS;
    int rows = Math.min(Panels.ROWS, w.rows() - first);
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(scratch.y, t * Panels.ROWS, y, t * w.rows() + first, rows);
    }
  }

  private static int groupAt(Panels w, int s, int groups, int g) {
    Layout layout = w.layout();
    return s * w.sectionBytes()
        + (layout.scaleWords(groups) + g * layout.groupWords()) * Panels.ROWS * Integer.BYTES;
  }

  private static void sectionOfOne(
      Panels w, MemorySegment panel, int s, int groups, float[] x, float[] sums, Scratch scratch) {
    Layout layout = w.layout();
    for (int g = 0; g < groups; g++) {
      int group = s * w.groupsPerSection() + g;
      int column = group * layout.group();
      int columns = Math.min(layout.group(), w.columns() - column);
      int at = groupAt(w, s, groups, g);
      for (int r = 0; r < Panels.ROWS; r += 2 * COUNT) {
        Groups.multiply(
            panel, at, layout.bits(), layout.perLane(), columns, r, x, column, sums[group],
            scratch.scale, scratch.minimum, g * Panels.ROWS, scratch.y);
      }
    }
  }

  private static void section(
      Panels w, MemorySegment panel, int s, int groups, float[] x, int tokens, float[] sums, Scratch scratch) {
    Layout layout = w.layout();
    for (int g = 0; g < groups; g++) {
      int group = s * w.groupsPerSection() + g;
      int column = group * layout.group();
      int columns = Math.min(layout.group(), w.columns() - column);
      Groups.unpack(panel, groupAt(w, s, groups, g), layout, columns, scratch.unpacked);
      int t = 0;
      for (; t + TILE <= tokens; t += TILE) {
        for (int r = 0; r < Panels.ROWS; r += 2 * COUNT) {
          Groups.tile4(scratch.unpacked, columns, r, x, t * w.columns() + column, w.columns(), scratch.sums);
        }
        for (int i = 0; i < TILE; i++) {
          accumulate(w, sums, t + i, group, g, i * Panels.ROWS, scratch);
        }
      }
      for (; t < tokens; t++) {
        for (int r = 0; r < Panels.ROWS; r += 2 * COUNT) {
          Groups.tile1(scratch.unpacked, columns, r, x, t * w.columns() + column, scratch.sums);
        }
        accumulate(w, sums, t, group, g, 0, scratch);
      }
    }
  }

  private static void accumulate(
      Panels w, float[] sums, int t, int group, int g, int from, Scratch scratch) {
    if (sums == null) {
      Groups.add(scratch.sums, from, scratch.y, t * Panels.ROWS);
    } else {
      Groups.addScaled(
          scratch.sums, from, sums[t * w.groups() + group], scratch.scale, scratch.minimum,
          g * Panels.ROWS, scratch.y, t * Panels.ROWS);
    }
  }
}
