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
  private final FormatCode[] ready = new FormatCode[Format.values().length];
  private final Set<Format> seen = EnumSet.noneOf(Format.class);
  private final Map<Format, String> differences = new EnumMap<>(Format.class);

  MachineProducts(Isa isa) {
    this.isa = isa;
  }

  Isa isa() {
    return isa;
  }

  /**
   * Makes a format's products ready. Code whose results differ from the vector tier's is not used:
   * that tier multiplies the format then, and a warning says so.
   *
   * @return where the results differ, or null
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  synchronized String prepare(Format format) {
    if (seen.add(format) && ProductCode.known(Layout.of(format))) {
      FormatCode code = new FormatCode(isa, Layout.of(format), Arena.global());
      accept(format, code, Tryout.difference(code, format));
    }
    return differences.get(format);
  }

  /** Takes code into use if it does not differ. */
  synchronized void accept(Format format, FormatCode code, String difference) {
    seen.add(format);
    if (difference == null) {
      ready[format.ordinal()] = code;
    } else {
      differences.put(format, difference);
      LOGGER.log(
          Level.WARNING,
          "machine code for {0} is not used, the vector tier multiplies it: {1}",
          format,
          difference);
    }
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
}
