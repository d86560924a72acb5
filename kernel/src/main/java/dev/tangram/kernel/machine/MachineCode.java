package dev.tangram.kernel.machine;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.vector.BlockReader;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.Set;

/** The code for this processor, one for the process. */
public final class MachineCode {
  /** With float activations, and with 16-bit ones. */
  private static final MachineCode[] HERE = new MachineCode[2];

  private final MachineProducts products;
  private final BlockReader reader;

  private MachineCode(MachineProducts products, BlockReader reader) {
    this.products = products;
    this.reader = reader;
  }

  /**
   * Why the code for this processor is only used when it is asked for, or null: no machine at hand
   * could run it while it was written.
   */
  public static String experimental() {
    return Host.known() && Host.aarch64()
        ? "machine code for AArch64 is experimental: it was run under emulation alone"
        : null;
  }

  /**
   * Code for the widest registers of this processor, one format of which was tried out; the others
   * are when they are first packed.
   *
   * @param integers whether activations become integers of 16 bits where the weights are integers
   * @throws UnsupportedOperationException with the reason why there can be none
   */
  public static synchronized MachineCode here(boolean integers) {
    int i = integers ? 1 : 0;
    if (HERE[i] == null) {
      if (!Host.known()) {
        throw new UnsupportedOperationException(
            "machine code is written for Linux on amd64 and aarch64, found %s on %s"
                .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
      }
      Set<Isa> sets = Cpu.instructionSets();
      if (sets.isEmpty()) {
        throw new UnsupportedOperationException(
            Host.aarch64() ? "the processor has no NEON" : "the processor has no AVX2 with FMA");
      }
      Isa isa = Collections.max(sets);
      MachineProducts products = new MachineProducts(isa, integers ? Cpu.pairs(isa) : null);
      String difference = products.prepare(Format.Q4_K);
      if (!products.takes(Format.Q4_K, Format.Q4_K.blockLength())) {
        throw new UnsupportedOperationException("the code for Q4_K differs at " + difference);
      }
      BlockReader reader =
          isa == Isa.NEON ? BlockReader.VECTOR : new MachineBlocks(isa, Arena.global());
      HERE[i] = new MachineCode(products, reader);
    }
    return HERE[i];
  }

  MachineProducts products() {
    return products;
  }

  BlockReader reader() {
    return reader;
  }

  /** Width of the registers that the code uses. */
  public int widthBits() {
    return products.isa().widthBits();
  }

  /** Instructions and activations, for people. */
  public String what() {
    return products.what();
  }
}
