package dev.tangram.kernel.machine;

import dev.tangram.kernel.Format;
import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * The code for this processor, written and tried out once a process; it stays until the process
 * ends.
 */
public final class MachineCode {
  private static MachineCode here;

  private final MachineProducts products;
  private final Map<Format, String> differences;

  private MachineCode(MachineProducts products, Map<Format, String> differences) {
    this.products = products;
    this.differences = differences;
  }

  /**
   * Code for the widest registers of this processor. Each format's was compared with the vector
   * tier's results; one that differs is left to the vector tier: {@link #differences}.
   *
   * @throws UnsupportedOperationException with the reason why there can be none
   */
  public static synchronized MachineCode here() {
    if (here == null) {
      if (!LinuxMemory.known()) {
        throw new UnsupportedOperationException(
            "machine code is written for Linux on amd64, found %s on %s"
                .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
      }
      Set<Isa> sets = Cpu.instructionSets();
      if (sets.isEmpty()) {
        throw new UnsupportedOperationException("the processor has no AVX2 with FMA");
      }
      here = of(sets.contains(Isa.AVX512) ? Isa.AVX512 : Isa.AVX2);
    }
    return here;
  }

  /** Code for one instruction set, which the processor must have, tried out. */
  static MachineCode of(Isa isa) {
    MachineProducts products = new MachineProducts(isa, Arena.global());
    Map<Format, String> differences = new EnumMap<>(Format.class);
    for (Format format : Format.values()) {
      String difference = Tryout.difference(products, format);
      if (difference != null) {
        products.giveUp(format);
        differences.put(format, difference);
      }
    }
    return new MachineCode(products, differences);
  }

  MachineProducts products() {
    return products;
  }

  public int widthBits() {
    return products.isa().widthBits();
  }

  /** The formats whose code gave other bits than the vector tier here, and where; should be none. */
  public Map<Format, String> differences() {
    return differences;
  }
}
