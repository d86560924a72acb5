package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * {@code y[t] = W x[t]} over panels. One token takes the quants straight from memory to registers;
 * more tokens unpack a group once, into the first-level cache, and run over it in tiles of four
 * tokens.
 *
 * <p>Numerics: see {@link Groups}; sums go by group in column order whatever the number of tokens.
 */
final class Multiply {
  /**
   * A chunk of work reads about this much, so that taking chunks costs little and balances well; of
   * large matrices more, because what a thread fetches ahead at a chunk's end is another's.
   */
  private static final int CHUNK_BYTES = 64 << 10;

  private static final int CHUNK_BYTES_MAX = 256 << 10;
  private static final int CHUNKS_PER_THREAD = 8;

  /** Buffers of one worker. */
  private static final class Scratch {
    final float[] scale = new float[16 * Panels.ROWS];
    final float[] minimum = new float[16 * Panels.ROWS];
    final float[] unpacked = new float[32 * Panels.ROWS];
    final int[] tail = new int[Panels.ROWS];
    final float[] products = new float[4 * Panels.ROWS];
    final float[] y = new float[Inputs.BLOCK * Panels.ROWS];

    /** Of the caller alone. */
    final Inputs.Buffers inputs = new Inputs.Buffers();
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  /** The vector tier itself. */
  static final PanelProducts NOTHING_FASTER =
      new PanelProducts() {
        @Override
        public Layout layout(Format format) {
          return Layout.of(format);
        }

        @Override
        public boolean takes(Format format, int columns) {
          return false;
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
          throw new IllegalStateException("takes nothing");
        }
      };

  private Multiply() {}

  static void multiply(
      Panels w, float[] x, int tokens, float[] y, PanelProducts products, Workers workers) {
    Objects.checkFromIndexSize(0, Math.multiplyExact(tokens, w.columns()), x.length);
    Objects.checkFromIndexSize(0, Math.multiplyExact(tokens, w.rows()), y.length);
    if (tokens > 0) {
      multiply(new Panels[] {w}, new int[] {0}, new int[] {tokens}, x, y, products, workers);
    }
  }

  /** Several matrices, each with rows of its own: {@link dev.tangram.kernel.Kernels}. */
  static void multiply(
      List<Matrix> matrices,
      int[] starts,
      float[] x,
      float[] y,
      PanelProducts products,
      Workers workers) {
    Panels[] ws = new Panels[matrices.size()];
    int[] firsts = new int[ws.length];
    int[] lasts = new int[ws.length];
    int used = 0;
    for (int g = 0; g < ws.length; g++) {
      int last = starts[g + 1];
      if (last < starts[g]) {
        throw new IllegalArgumentException(
            "starts must ascend, found %d before %d".formatted(starts[g], last));
      }
      if (last > starts[g]) {
        Panels w = (Panels) matrices.get(g);
        if (used > 0 && (w.rows() != ws[0].rows() || w.columns() != ws[0].columns())) {
          throw new IllegalArgumentException(
              "matrix %d is [%d, %d], the ones before it [%d, %d]"
                  .formatted(g, w.rows(), w.columns(), ws[0].rows(), ws[0].columns()));
        }
        Objects.checkFromToIndex(starts[g], last, x.length / w.columns());
        Objects.checkFromToIndex(starts[g], last, y.length / w.rows());
        ws[used] = w;
        firsts[used] = starts[g];
        lasts[used++] = last;
      }
    }
    if (used > 0) {
      multiply(Arrays.copyOf(ws, used), firsts, lasts, x, y, products, workers);
    }
  }

  private static void multiply(
      Panels[] ws,
      int[] firsts,
      int[] lasts,
      float[] x,
      float[] y,
      PanelProducts products,
      Workers workers) {
    Inputs[] inputs = Inputs.prepare(ws, firsts, lasts, x, SCRATCH.get().inputs, products, workers);
    Chunks all = new Chunks(ws.length);
    for (int i = 0; i < ws.length; i++) {
      all.add(Math.multiplyExact(chunks(ws[i], inputs[i], workers), inputs[i].blocks()));
    }
    // Blocks of tokens outermost: all panels pass over a block while the caches hold it.
    workers.run(
        all.total(),
        i -> {
          Scratch scratch = SCRATCH.get();
          int piece = all.piece(i);
          Panels w = ws[piece];
          int chunks = chunks(w, inputs[piece], workers);
          int within = all.within(i, piece);
          int chunk = within % chunks;
          int perChunk = perChunk(w, inputs[piece], workers);
          int last = Math.min(w.panels(), (chunk + 1) * perChunk);
          for (int p = chunk * perChunk; p < last; p++) {
            panel(w, p, inputs[piece], within / chunks, products, scratch, y);
          }
        });
  }

  /** Panels of a chunk. */
  private static int perChunk(Panels w, Inputs inputs, Workers workers) {
    long share = w.bytes() / (CHUNKS_PER_THREAD * workers.threads());
    int bytes = Math.clamp(share, CHUNK_BYTES, CHUNK_BYTES_MAX);
    return Math.max(1, bytes / w.panelBytes() / Math.min(inputs.tokens(), 8));
  }

  private static int chunks(Panels w, Inputs inputs, Workers workers) {
    return Math.ceilDiv(w.panels(), perChunk(w, inputs, workers));
  }

  private static void panel(
      Panels w,
      int p,
      Inputs inputs,
      int block,
      PanelProducts products,
      Scratch scratch,
      float[] y) {
    int inBlock = inputs.tokensIn(block);
    Arrays.fill(scratch.y, 0, inBlock * Panels.ROWS, 0);
    MemorySegment panel = w.panel(p);
    switch (inputs) {
      case IntegerInputs i ->
          products.multiply(
              w.format(), w.columns(), panel, i.cells, i.at(block), inBlock, scratch.y);
      case FloatInputs f when products.takes(w.format(), w.columns()) ->
          products.multiply(
              w.format(),
              w.columns(),
              panel,
              f.x,
              f.xAt(block, 0),
              f.sums,
              f.sumsAt(block, 0),
              inBlock,
              scratch.y);
      case FloatInputs f -> sections(w, panel, f, block, scratch);
    }
    int first = p * Panels.ROWS;
    int rows = Math.min(Panels.ROWS, w.rows() - first);
    for (int t = 0; t < inBlock; t++) {
      int row = inputs.row(block * Inputs.BLOCK + t);
      System.arraycopy(scratch.y, t * Panels.ROWS, y, row * w.rows() + first, rows);
    }
  }

  private static void sections(
      Panels w, MemorySegment panel, FloatInputs inputs, int block, Scratch scratch) {
    int sectionBytes = w.sectionBytes();
    for (int s = 0; s < w.sections(); s++) {
      int groups = w.groupsIn(s);
      Scales.decode(w.layout(), panel, s * sectionBytes, groups, scratch.scale, scratch.minimum);
      if (inputs.tokens() == 1 && direct(w.layout())) {
        sectionOfOne(w, panel, s, groups, inputs, scratch);
      } else {
        section(w, panel, s, groups, inputs, block, scratch);
      }
    }
  }

  /** Whether one token takes quants straight to registers: a tail is put together in memory. */
  private static boolean direct(Layout layout) {
    return layout.quant() == Layout.Quant.INTEGER && layout.spare() == 0;
  }

  private static int groupAt(Panels w, int s, int groups, int g) {
    Layout layout = w.layout();
    return s * w.sectionBytes()
        + (layout.scaleWords(groups) + g * layout.groupWords()) * Panels.ROWS * Integer.BYTES;
  }

  private static void sectionOfOne(
      Panels w, MemorySegment panel, int s, int groups, FloatInputs inputs, Scratch scratch) {
    Layout layout = w.layout();
    int bits = layout.bits();
    int columns = layout.group();
    int at = groupAt(w, s, groups, 0);
    int step = layout.groupWords() * Panels.ROWS * Integer.BYTES;
    int group = s * w.groupsPerSection();
    int perLane = layout.perLane();
    float[] products = scratch.products;
    for (int g = 0; g < groups; ) {
      int width = Math.min(2, groups - g);
      int x = inputs.xAt(0, group * columns);
      for (int r = 0; r < Panels.ROWS; r += 2 * COUNT) {
        if (width == 2) {
          Groups.multiply2(panel, at, step, bits, perLane, columns, r, inputs.x, x, products);
        } else {
          Groups.multiply1(panel, at, bits, perLane, columns, r, inputs.x, x, products);
        }
      }
      for (int i = 0; i < width; i++, g++, group++, at += step) {
        Groups.addScaled(
            products,
            i * Panels.ROWS,
            inputs.sums[inputs.sumsAt(0, group)],
            scratch.scale,
            scratch.minimum,
            g * Panels.ROWS,
            scratch.y,
            0);
      }
    }
  }

  private static void section(
      Panels w,
      MemorySegment panel,
      int s,
      int groups,
      FloatInputs inputs,
      int block,
      Scratch scratch) {
    Layout layout = w.layout();
    for (int g = 0; g < groups; g++) {
      int group = s * w.groupsPerSection() + g;
      int column = group * layout.group();
      int columns = Math.min(layout.group(), w.columns() - column);
      int at = groupAt(w, s, groups, g);
      int before = Math.min(layout.beforeTail(), columns);
      Groups.unpack(panel, at, layout, before, scratch.unpacked);
      if (before < columns) {
        Groups.tail(panel, at, layout.groupWords(), layout.bits(), scratch.tail);
        Groups.unpackTail(scratch.tail, layout.bits(), before, columns, scratch.unpacked);
      }
      int xAt = inputs.xAt(block, column);
      int sumsAt = inputs.sumsAt(block, group);
      tiles(columns, inputs, inputs.tokensIn(block), xAt, sumsAt, g * Panels.ROWS, scratch);
    }
  }

  private static void tiles(
      int columns, FloatInputs inputs, int tokens, int xAt, int sumsAt, int s, Scratch scratch) {
    float[] x = inputs.x;
    float[] w = scratch.unpacked;
    float[] products = scratch.products;
    for (int t = 0; t < tokens; ) {
      int width = tokens - t >= 4 ? 4 : tokens - t >= 2 ? 2 : 1;
      int at = xAt + t * columns;
      for (int r = 0; r < Panels.ROWS; r += 2 * COUNT) {
        switch (width) {
          case 4 -> Groups.tile4(w, columns, r, x, at, products);
          case 2 -> Groups.tile2(w, columns, r, x, at, products);
          default -> Groups.tile1(w, columns, r, x, at, products);
        }
      }
      for (int i = 0; i < width; i++, t++) {
        Groups.addScaled(
            products,
            i * Panels.ROWS,
            inputs.sums[sumsAt + t],
            scratch.scale,
            scratch.minimum,
            s,
            scratch.y,
            t * Panels.ROWS);
      }
    }
  }
}
