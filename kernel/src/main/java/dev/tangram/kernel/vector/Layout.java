package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;

/**
 * How a format is kept in a panel: the width of its quants and where scales come from. Columns are counted in groups
 * that share a scale, and groups in sections of 256 columns.
 *
 * @param bits of a quant; perLane quants share a 32-bit lane, the first in the lowest bits
 * @param perLane quants in a lane
 * @param group columns that share a scale
 */
record Layout(Quant quant, int bits, int perLane, int group, Scaling scaling) {
  /** Columns of a section. */
  static final int SECTION = 256;

  /** What the bits of a quant mean. */
  enum Quant {
    /** An unsigned integer. */
    INTEGER,
    F16,
    BF16,
    F32
  }

  enum Scaling {
    /** The values are what they are. */
    NONE,
    /** One half per group; the quant's zero is at {@code 2^(bits-1)}. Two groups share a lane. */
    HALF,
    /** A half for the scale and a half for the minimum of each group, in one lane. */
    HALF_PAIR,
    /** Per section two halves d and dmin in one lane, then 8 bytes of scales and 8 of minima: Q4_K, Q5_K. */
    SUPER_PAIR,
    /** Per section one half in a lane, then 16 signed bytes of scales; the quant's zero is at 32: Q6_K. */
    SUPER_SIGNED
  }

  static Layout of(Format format) {
    return switch (format) {
      case F32 -> new Layout(Quant.F32, 32, 1, 32, Scaling.NONE);
      case F16 -> new Layout(Quant.F16, 16, 2, 32, Scaling.NONE);
      case BF16 -> new Layout(Quant.BF16, 16, 2, 32, Scaling.NONE);
      case Q8_0 -> new Layout(Quant.INTEGER, 8, 4, 32, Scaling.HALF);
      case Q4_0 -> new Layout(Quant.INTEGER, 4, 8, 32, Scaling.HALF);
      case Q5_0 -> new Layout(Quant.INTEGER, 5, 6, 32, Scaling.HALF);
      case Q4_1 -> new Layout(Quant.INTEGER, 4, 8, 32, Scaling.HALF_PAIR);
      case Q5_1 -> new Layout(Quant.INTEGER, 5, 6, 32, Scaling.HALF_PAIR);
      case Q4_K -> new Layout(Quant.INTEGER, 4, 8, 32, Scaling.SUPER_PAIR);
      case Q5_K -> new Layout(Quant.INTEGER, 5, 6, 32, Scaling.SUPER_PAIR);
      case Q6_K -> new Layout(Quant.INTEGER, 8, 4, 16, Scaling.SUPER_SIGNED);
    };
  }

  /** Words (32-bit lanes) of one row's quants in one group. */
  int groupWords() {
    return Math.ceilDiv(group, perLane);
  }

  /** Words of one row's scales in a section of {@code groups} groups. */
  int scaleWords(int groups) {
    return switch (scaling) {
      case NONE -> 0;
      case HALF -> Math.ceilDiv(groups, 2);
      case HALF_PAIR -> groups;
      case SUPER_PAIR, SUPER_SIGNED -> 5;
    };
  }

  /** Words of one row in a section of {@code groups} groups. */
  int sectionWords(int groups) {
    return scaleWords(groups) + groups * groupWords();
  }

  /** The bit at which quant {@code j} of a lane stands when it is masked: it is {@code 2^k} times too large. */
  int standing(int j) {
    return quant == Quant.INTEGER ? j % 2 * bits : 0;
  }

  boolean scaled() {
    return scaling != Scaling.NONE;
  }

  /** Where a quant's zero is, for formats without a minimum of their own. */
  int zero() {
    return switch (scaling) {
      case HALF -> 1 << (bits - 1);
      case SUPER_SIGNED -> 32;
      case NONE, HALF_PAIR, SUPER_PAIR -> 0;
    };
  }
}
