package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;

/**
 * How a format is kept in a panel: the width of its quants and where scales come from. Columns are
 * counted in groups that share a scale, and groups in sections of 256 columns.
 *
 * <p>Quants stand in a lane in pairs, the first of a pair in the low 16 bits, the second as far up
 * in the high 16; the next pair follows above them: {@link #bit}. So one mask takes out two
 * neighbouring columns as two integers of 16 bits, which is what instructions on pairs want. Halves
 * of three times 5 or twice 6 bits have bits left. In a tight layout those of a group's words, one
 * after the other, make one more word, the tail, with the group's last quants.
 *
 * @param bits of a quant
 * @param perLane quants in a lane
 * @param group columns that share a scale
 * @param zero the quant that stands for zero, for formats without a minimum of their own
 * @param spare bits at the top of each half that belong to the tail; 0 if there is none
 */
public record Layout(
    Quant quant, int bits, int perLane, int group, Scaling scaling, int zero, int spare) {
  /** Columns of a section. */
  public static final int SECTION = 256;

  /** What the bits of a quant mean. */
  public enum Quant {
    /** An unsigned integer. */
    INTEGER,
    F16,
    BF16,
    F32
  }

  public enum Scaling {
    /** The values are what they are. */
    NONE,
    /** One half per group. Two groups share a lane. */
    HALF,
    /** One power of two per group: E8M0 bytes of which 128 is one, four groups to a lane: MXFP4. */
    POWER,
    /** A half for the scale and a half for the minimum of each group, in one lane. */
    HALF_PAIR,
    /**
     * Per section two halves d and dmin in one lane, then 8 bytes of scales and 8 of minima: Q4_K,
     * Q5_K.
     */
    SUPER_PAIR,
    /** Per section d and dmin in one lane, then a byte per group: scale and minimum << 4: Q2_K. */
    SUPER_NIBBLES,
    /** Per section one half in a lane, then a signed byte of scale per group. */
    SUPER_SIGNED
  }

  /** The layout that is fastest to take apart. */
  public static Layout of(Format format) {
    return switch (format) {
      case F32 -> new Layout(Quant.F32, 32, 1, 32, Scaling.NONE, 0, 0);
      case F16 -> new Layout(Quant.F16, 16, 2, 32, Scaling.NONE, 0, 0);
      case BF16 -> new Layout(Quant.BF16, 16, 2, 32, Scaling.NONE, 0, 0);
      case Q8_0 -> integers(8, 32, Scaling.HALF, 128);
      case Q4_0 -> integers(4, 32, Scaling.HALF, 8);
      case Q5_0 -> integers(5, 32, Scaling.HALF, 16);
      case Q4_1 -> integers(4, 32, Scaling.HALF_PAIR, 0);
      case Q5_1 -> integers(5, 32, Scaling.HALF_PAIR, 0);
      case Q2_K -> integers(2, 16, Scaling.SUPER_NIBBLES, 0);
      case Q3_K -> integers(4, 16, Scaling.SUPER_SIGNED, 4);
      case Q4_K -> integers(4, 32, Scaling.SUPER_PAIR, 0);
      case Q5_K -> integers(5, 32, Scaling.SUPER_PAIR, 0);
      case Q6_K -> integers(8, 16, Scaling.SUPER_SIGNED, 32);
      // What the nibbles choose is stored, not the nibbles: no table is looked up while
      // multiplying.
      case IQ4_NL -> integers(8, 32, Scaling.HALF, 128);
      case IQ4_XS -> integers(8, 32, Scaling.SUPER_SIGNED, 128);
      case MXFP4 -> integers(5, 32, Scaling.POWER, 12);
    };
  }

  /** The layout that is shortest: with tails where they save words. */
  public static Layout tight(Format format) {
    Layout loose = of(format);
    return switch (format) {
      case Q5_0, Q5_1, Q5_K -> new Layout(Quant.INTEGER, 5, 6, 32, loose.scaling, loose.zero, 1);
      case Q6_K -> new Layout(Quant.INTEGER, 6, 4, 16, loose.scaling, loose.zero, 4);
      default -> loose;
    };
  }

  /** Quants leave a lane in pairs, so their number in it is even: 16 of 2 bits, 8, 6, 4 of 8. */
  private static Layout integers(int bits, int group, Scaling scaling, int zero) {
    return new Layout(Quant.INTEGER, bits, 32 / bits / 2 * 2, group, scaling, zero, 0);
  }

  /** Words (32-bit lanes) of one row's quants in one group. */
  public int groupWords() {
    return spare > 0 ? group * bits / 32 : Math.ceilDiv(group, perLane);
  }

  /** Columns of a group in front of the tail's. */
  public int beforeTail() {
    return spare > 0 ? groupWords() * perLane : group;
  }

  /**
   * Quant {@code c} of a group.
   *
   * @param words the group's, of one row
   */
  public int quantOf(int[] words, int c) {
    int j = c % perLane;
    int mask = (1 << bits) - 1;
    if (c < beforeTail()) {
      return words[c / perLane] >>> bit(j) & mask;
    }
    int tail = 0;
    for (int w = 0; w < groupWords(); w++) {
      tail = tail << spare | words[w] >>> 16 - spare & ((1 << spare) - 1) * 0x10001;
    }
    return tail >>> bit(j) & mask;
  }

  /** Words of one row's scales in a section of {@code groups} groups. */
  public int scaleWords(int groups) {
    return switch (scaling) {
      case NONE -> 0;
      case HALF -> Math.ceilDiv(groups, 2);
      case HALF_PAIR -> groups;
      case POWER -> Math.ceilDiv(groups, 4);
      case SUPER_PAIR -> 5;
      case SUPER_NIBBLES, SUPER_SIGNED -> 1 + groups / 4;
    };
  }

  /** Words of one row in a section of {@code groups} groups. */
  public int sectionWords(int groups) {
    return scaleWords(groups) + groups * groupWords();
  }

  /** The lowest bit of quant {@code j} of a lane. */
  public int bit(int j) {
    return j / 2 * bits + j % 2 * 16;
  }

  /**
   * The bit at which quant {@code j} of a lane stands when it is masked: it is {@code 2^k} times
   * too large.
   */
  public int standing(int j) {
    return quant == Quant.INTEGER ? j % 2 * 16 : 0;
  }

  public boolean scaled() {
    return scaling != Scaling.NONE;
  }

  /**
   * Written out: a record's own is linked from method handles, which a short process would feel.
   */
  @Override
  public String toString() {
    return "Layout[quant="
        + quant
        + ", bits="
        + bits
        + ", perLane="
        + perLane
        + ", group="
        + group
        + ", scaling="
        + scaling
        + ", zero="
        + zero
        + ", spare="
        + spare
        + "]";
  }
}
