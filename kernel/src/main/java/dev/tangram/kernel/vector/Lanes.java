package dev.tangram.kernel.vector;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** The shapes all kernels of this tier use: the widest this machine prefers. */
final class Lanes {
  // A panel is two registers of 512 bits; wider ones would find only half of theirs filled.
  private static final boolean TOO_WIDE = FloatVector.SPECIES_PREFERRED.vectorBitSize() > 512;

  static final VectorSpecies<Float> F =
      TOO_WIDE ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> I =
      TOO_WIDE ? IntVector.SPECIES_512 : IntVector.SPECIES_PREFERRED;

  /** Floats in a register: 4, 8 or 16. */
  static final int COUNT = F.length();

  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private Lanes() {}

  /**
   * The sum of a register that was written to an array, lane by lane, because the order of
   * reduceLanes is not promised.
   */
  static float total(float[] lanes) {
    float total = 0;
    for (int lane = 0; lane < COUNT; lane++) {
      total += lanes[lane];
    }
    return total;
  }
}
