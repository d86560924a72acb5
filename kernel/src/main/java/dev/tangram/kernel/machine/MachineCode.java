package dev.tangram.kernel.machine;

import dev.tangram.kernel.Format;
import java.util.Set;

/** The code for this processor, one for the process. */
public final class MachineCode {
  private static MachineCode here;

  private final MachineProducts products;

  private MachineCode(MachineProducts products) {
    this.products = products;
  }

  /**
   * Code for the widest registers of this processor, one format of which was tried out; the others
   * are when they are first packed.
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
      MachineProducts products =
          new MachineProducts(sets.contains(Isa.AVX512) ? Isa.AVX512 : Isa.AVX2);
      String difference = products.prepare(Format.Q4_K);
      if (difference != null) {
        throw new UnsupportedOperationException("the code for Q4_K differs at " + difference);
      }
      here = new MachineCode(products);
    }
    return here;
  }

  MachineProducts products() {
    return products;
  }

  /** Width of the registers that the code uses. */
  public int widthBits() {
    return products.isa().widthBits();
  }
}
