package dev.tangram.kernel.machine;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The code of all formats, written and tried out when a format's first matrix is packed, since a
 * model has two or three of them; it stays until the process ends.
 *
 * <p>Threads: {@link #prepare} by any, before the products that need it.
 */
final class MachineProducts implements PanelProducts {
  private static final Logger LOGGER = System.getLogger(MachineProducts.class.getName());

  private final Isa isa;
  private final Pairs pairs;
  private final FormatCode[] ready = new FormatCode[Format.values().length];
  private final Set<Format> seen = EnumSet.noneOf(Format.class);
  private final Map<Format, String> differences = new EnumMap<>(Format.class);

  /** Products with float activations. */
  MachineProducts(Isa isa) {
    this(isa, null);
  }

  /**
   * Products with activations of 16 bits for the formats that have code for them, else floats.
   *
   * @param pairs how, or null: floats for all
   */
  MachineProducts(Isa isa, Pairs pairs) {
    this.isa = isa;
    this.pairs = pairs;
  }

  Isa isa() {
    return isa;
  }

  /** Instructions and activations, for people. */
  String what() {
    String set =
        switch (isa) {
          case AVX512 -> pairs == Pairs.DOT ? "AVX-512 VNNI" : "AVX-512";
          case AVX2 -> pairs == Pairs.DOT ? "AVX-VNNI" : "AVX2";
          case NEON -> pairs == Pairs.DOT ? "NEON dotprod" : "NEON";
        };
    return set + (pairs == null ? ", float activations" : ", 16-bit activations");
  }

  /**
   * Makes a format's products ready. Code whose results differ from what they must be is not used:
   * float activations or, if their code differs too, the vector tier then multiply the format, and
   * a warning says so.
   *
   * @return where the results differ, or null
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  synchronized String prepare(Format format) {
    Layout layout = Layout.tight(format);
    if (seen.add(format)) {
      boolean integers = pairs != null && FormatCode.takesIntegers(layout);
      if (integers && !differences.containsKey(format)) {
        accept(format, FormatCode.integers(isa, pairs, layout, Arena.global()));
      }
      boolean best = !integers && differences.containsKey(format);
      if (ready[format.ordinal()] == null && FormatCode.takesFloats(layout) && !best) {
        accept(format, FormatCode.floats(isa, layout, Arena.global()));
      }
    }
    return differences.get(format);
  }

  private void accept(Format format, FormatCode code) {
    String difference = Tryout.difference(code, format);
    if (difference == null) {
      ready[format.ordinal()] = code;
    } else {
      reject(format, difference);
    }
  }

  /** Keeps the best code of a format out of use. */
  synchronized void reject(Format format, String difference) {
    differences.put(format, difference);
    LOGGER.log(
        Level.WARNING,
        "machine code for {0} is not used, slower code multiplies it: {1}",
        format,
        difference);
  }

  @Override
  public Layout layout(Format format) {
    return Layout.tight(format);
  }

  @Override
  public boolean takes(Format format, int columns) {
    FormatCode code = ready[format.ordinal()];
    return code != null && code.takes(format, columns);
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
    ready[format.ordinal()].multiply(format, columns, panel, x, xAt, sums, sumsAt, tokens, y);
  }

  @Override
  public boolean integers(Format format, int columns) {
    FormatCode code = ready[format.ordinal()];
    return code != null && code.integers(format, columns);
  }

  @Override
  public void cells(
      Format format, int columns, float[] x, int from, int[] cells, int to, int stride) {
    ready[format.ordinal()].cells(format, columns, x, from, cells, to, stride);
  }

  @Override
  public void multiply(
      Format format, int columns, MemorySegment panel, int[] cells, int at, int tokens, float[] y) {
    ready[format.ordinal()].multiply(format, columns, panel, cells, at, tokens, y);
  }
}
