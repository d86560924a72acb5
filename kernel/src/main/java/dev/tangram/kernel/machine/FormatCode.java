package dev.tangram.kernel.machine;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.machine.arm.NeonCode;
import dev.tangram.kernel.machine.x86.X86Code;
import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * Products of one format's panels by code that a {@link PanelWriter} wrote. Extents are checked
 * here, before each call: the code itself believes what it is told.
 *
 * <p>A call passes heap arrays as they are, which holds up the garbage collector, so it is kept
 * short: at most {@link Isa#tokensMax} tokens and {@value #PRODUCTS_MAX} products, some tens of
 * microseconds.
 */
final class FormatCode implements PanelProducts {
  private static final int ROWS = 32;
  private static final int PRODUCTS_MAX = 1 << 20;

  private final Isa isa;
  private final Layout layout;
  private final boolean integers;

  /** Entry i is for {@code 2^i} tokens. */
  private final MemorySegment[] functions;

  /** Null where Java makes the cells, or nobody does. */
  private final MemorySegment cells;

  private FormatCode(
      Isa isa, Layout layout, boolean integers, List<byte[]> codes, byte[] cellCode, Arena arena) {
    this.isa = isa;
    this.layout = layout;
    this.integers = integers;
    functions = new MemorySegment[codes.size()];
    int[] starts = new int[functions.length];
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < functions.length; i++) {
      starts[i] = all.size();
      all.writeBytes(codes.get(i));
      all.writeBytes(new byte[-all.size() & 63]);
    }
    MemorySegment code = ExecutableMemory.of(all.toByteArray(), arena);
    Arrays.setAll(functions, i -> code.asSlice(starts[i]));
    cells = cellCode == null ? null : ExecutableMemory.of(cellCode, arena);
  }

  /** One function for each number of tokens. */
  private static List<byte[]> functions(Isa isa, IntFunction<byte[]> writer) {
    List<byte[]> codes = new ArrayList<>();
    for (int tokens = 1; tokens <= isa.tokensMax(); tokens *= 2) {
      codes.add(writer.apply(tokens));
    }
    return codes;
  }

  /** Whether there is code for a layout with float activations. */
  static boolean takesFloats(Layout layout) {
    return switch (layout.scaling()) {
      case NONE, HALF, HALF_PAIR, SUPER_PAIR, SUPER_SIGNED -> true;
      default -> false;
    };
  }

  /** The same with activations of 16 bits: quants must be integers. */
  static boolean takesIntegers(Layout layout) {
    return takesFloats(layout) && layout.quant() == Layout.Quant.INTEGER;
  }

  private static PanelWriter writer(Isa isa, Pairs pairs) {
    return isa == Isa.NEON ? new NeonCode() : new X86Code(isa, pairs);
  }

  /**
   * Writes the code of a format for float activations.
   *
   * @param arena its life
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  static FormatCode floats(Isa isa, Layout layout, Arena arena) {
    PanelWriter writer = writer(isa, null);
    List<byte[]> codes = functions(isa, tokens -> writer.floats(layout, tokens));
    return new FormatCode(isa, layout, false, codes, null, arena);
  }

  /** The same for activations of 16 bits. */
  static FormatCode integers(Isa isa, Pairs pairs, Layout layout, Arena arena) {
    PanelWriter writer = writer(isa, pairs);
    List<byte[]> codes = functions(isa, tokens -> writer.integers(layout, tokens));
    return new FormatCode(isa, layout, true, codes, writer.cells(layout).orElse(null), arena);
  }

  @Override
  public boolean integers(Format format, int columns) {
    return integers && takes(format, columns);
  }

  @Override
  public Layout layout(Format format) {
    return layout;
  }

  @Override
  public boolean takes(Format format, int columns) {
    return columns % layout.group() == 0;
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
    check(false);
    Objects.checkFromIndexSize(xAt, Math.multiplyExact(tokens, columns), x.length);
    Objects.checkFromIndexSize(
        sumsAt, Math.multiplyExact(tokens, columns / layout.group()), sums.length);
    Objects.checkFromIndexSize(0, tokens * ROWS, y.length);
    Operands operands =
        new Operands(
            MemorySegment.ofArray(x).asSlice((long) xAt * Float.BYTES),
            layout.group() * Float.BYTES,
            MemorySegment.ofArray(sums).asSlice((long) sumsAt * Float.BYTES),
            Float.BYTES,
            MemorySegment.ofArray(y),
            tokens);
    panel(format, columns, panel, layout.group(), operands);
  }

  @Override
  public void cells(
      Format format, int columns, float[] x, int from, int[] cells, int to, int stride) {
    check(true);
    int count = columns / CELL_COLUMNS;
    Objects.checkFromIndexSize(from, columns, x.length);
    Objects.checkIndex(stride, Integer.MAX_VALUE / CELL_WORDS);
    long words = (count - 1L) * stride * CELL_WORDS + CELL_WORDS;
    Objects.checkFromIndexSize((long) to, words, (long) cells.length);
    if (columns < CELL_COLUMNS || columns % CELL_COLUMNS != 0) {
      throw new IllegalArgumentException(
          "cells have %d columns each, found %d".formatted(CELL_COLUMNS, columns));
    }
    if (this.cells == null) {
      for (int c = 0; c < count; c++) {
        Cells.fill(layout, x, from + c * CELL_COLUMNS, cells, to + c * stride * CELL_WORDS);
      }
      return;
    }
    MemorySegment xs = MemorySegment.ofArray(x).asSlice((long) from * Float.BYTES);
    MemorySegment out = MemorySegment.ofArray(cells).asSlice((long) to * Integer.BYTES);
    long strideBytes = (long) stride * CELL_WORDS * Integer.BYTES;
    HeapCall.call(this.cells, xs, out, out, out, count, strideBytes, 0, 0, 0);
  }

  @Override
  public void multiply(
      Format format, int columns, MemorySegment panel, int[] cells, int at, int tokens, float[] y) {
    check(true);
    int words = Math.multiplyExact(tokens, columns / CELL_COLUMNS * CELL_WORDS);
    Objects.checkFromIndexSize(at, words, cells.length);
    Objects.checkFromIndexSize(0, tokens * ROWS, y.length);
    MemorySegment xs = MemorySegment.ofArray(cells).asSlice((long) at * Integer.BYTES);
    Operands operands =
        new Operands(xs, CELL_WORDS * Integer.BYTES, xs, 0, MemorySegment.ofArray(y), tokens);
    panel(format, columns, panel, CELL_COLUMNS, operands);
  }

  private void check(boolean integers) {
    if (this.integers != integers) {
      throw new IllegalStateException("this code takes " + (this.integers ? "integers" : "floats"));
    }
  }

  /**
   * What meets the panels.
   *
   * @param x all tokens of a step, then those of the next
   * @param xBytes of a token in a step
   * @param sums likewise
   */
  private record Operands(
      MemorySegment x,
      long xBytes,
      MemorySegment sums,
      long sumsBytes,
      MemorySegment y,
      int tokens) {}

  /**
   * @param step columns of a step of the code
   */
  private void panel(Format format, int columns, MemorySegment panel, int step, Operands operands) {
    if (columns < step || columns % step != 0) {
      throw new IllegalArgumentException(
          "%s has a multiple of %d columns, found %d".formatted(format, step, columns));
    }
    int steps = columns / step;
    int perSection = Layout.SECTION / step;
    int whole = steps / perSection;
    int rest = steps % perSection;
    long sectionBytes = sectionBytes(perSection, step);
    long bytes = whole * sectionBytes + (rest == 0 ? 0 : sectionBytes(rest, step));
    if (panel.byteSize() != bytes || (panel.address() & 63) != 0) {
      throw new IllegalArgumentException(
          "a panel of %s with %d columns has %d bytes at a multiple of 64, found %d at %d"
              .formatted(format, columns, bytes, panel.byteSize(), panel.address() & 63));
    }
    int together = Math.min(operands.tokens, isa.tokensMax());
    int most = Math.max(1, PRODUCTS_MAX / (ROWS * Layout.SECTION) / Math.max(1, together));
    for (int s = 0; s < whole; s += most) {
      int count = Math.min(most, whole - s);
      MemorySegment part = panel.asSlice(s * sectionBytes, count * sectionBytes);
      sections(part, count, perSection, step, s * perSection, operands);
    }
    if (rest > 0) {
      MemorySegment part = panel.asSlice(whole * sectionBytes);
      sections(part, 1, rest, step, whole * perSection, operands);
    }
  }

  private long sectionBytes(int steps, int step) {
    return wordBytes(layout.sectionWords(steps * step / layout.group()));
  }

  private static long wordBytes(int words) {
    return (long) words * ROWS * Integer.BYTES;
  }

  /** Some sections of equal size, the first of which begins with step {@code first}. */
  private void sections(
      MemorySegment sections, int count, int steps, int step, int first, Operands operands) {
    long scaleBytes = wordBytes(layout.scaleWords(steps * step / layout.group()));
    long tokens = operands.tokens;
    for (int t = 0; t < tokens; ) {
      int size = Math.min(isa.tokensMax(), Integer.highestOneBit(operands.tokens - t));
      long before = first * tokens + t;
      HeapCall.call(
          functions[Integer.numberOfTrailingZeros(size)],
          sections,
          operands.x.asSlice(before * operands.xBytes),
          operands.sums.asSlice(before * operands.sumsBytes),
          operands.y.asSlice((long) t * ROWS * Float.BYTES),
          count,
          steps,
          scaleBytes,
          tokens * operands.xBytes,
          tokens * operands.sumsBytes);
      t += size;
    }
  }
}
