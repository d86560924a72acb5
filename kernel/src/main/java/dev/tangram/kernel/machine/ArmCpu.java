package dev.tangram.kernel.machine;

import java.util.EnumSet;
import java.util.Set;

/** What an AArch64 processor can do, as Linux tells every program. */
final class ArmCpu {
  /** The number of the first word of capabilities, and bits of it. */
  private static final int HWCAP = 16;

  private static final int ASIMD = 1 << 1;
  private static final int ASIMDDP = 1 << 20;

  private ArmCpu() {}

  static Set<Isa> instructionSets() {
    return has(ASIMD) ? EnumSet.of(Isa.NEON) : EnumSet.noneOf(Isa.class);
  }

  /** How pairs of 16-bit integers are multiplied; null without the instructions for it. */
  static Pairs pairs() {
    return has(ASIMDDP) ? Pairs.DOT : null;
  }

  private static boolean has(int capability) {
    return (LinuxMemory.auxiliary(HWCAP) & capability) != 0;
  }
}
