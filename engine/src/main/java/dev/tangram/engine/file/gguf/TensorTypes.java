package dev.tangram.engine.file.gguf;

import dev.tangram.kernel.Format;
import java.util.Map;

/**
 * The ids of tensor types in GGUF files: which ones the kernels know, and the names of those they
 * do not.
 */
final class TensorTypes {
  /** Every id that ggml has given out, with its name; gaps are ids that it withdrew. */
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(0, "F32"),
          Map.entry(1, "F16"),
          Map.entry(2, "Q4_0"),
          Map.entry(3, "Q4_1"),
          Map.entry(4, "Q4_2 (withdrawn)"),
          Map.entry(5, "Q4_3 (withdrawn)"),
          Map.entry(6, "Q5_0"),
          Map.entry(7, "Q5_1"),
          Map.entry(8, "Q8_0"),
          Map.entry(9, "Q8_1"),
          Map.entry(10, "Q2_K"),
          Map.entry(11, "Q3_K"),
          Map.entry(12, "Q4_K"),
          Map.entry(13, "Q5_K"),
          Map.entry(14, "Q6_K"),
          Map.entry(15, "Q8_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(20, "IQ4_NL"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(23, "IQ4_XS"),
          Map.entry(24, "I8"),
          Map.entry(25, "I16"),
          Map.entry(26, "I32"),
          Map.entry(27, "I64"),
          Map.entry(28, "F64"),
          Map.entry(29, "IQ1_M"),
          Map.entry(30, "BF16"),
          Map.entry(31, "Q4_0_4_4 (withdrawn)"),
          Map.entry(32, "Q4_0_4_8 (withdrawn)"),
          Map.entry(33, "Q4_0_8_8 (withdrawn)"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(36, "IQ4_NL_4_4 (withdrawn)"),
          Map.entry(37, "IQ4_NL_4_8 (withdrawn)"),
          Map.entry(38, "IQ4_NL_8_8 (withdrawn)"),
          Map.entry(39, "MXFP4"),
          Map.entry(40, "NVFP4"),
          Map.entry(41, "Q1_0"));

  private TensorTypes() {}

  /** The format with this id, or null if the kernels cannot compute with it. */
  static Format format(int id) {
    return switch (id) {
      case 0 -> Format.F32;
      case 1 -> Format.F16;
      case 30 -> Format.BF16;
      case 2 -> Format.Q4_0;
      case 3 -> Format.Q4_1;
      case 6 -> Format.Q5_0;
      case 7 -> Format.Q5_1;
      case 8 -> Format.Q8_0;
      case 10 -> Format.Q2_K;
      case 11 -> Format.Q3_K;
      case 12 -> Format.Q4_K;
      case 13 -> Format.Q5_K;
      case 14 -> Format.Q6_K;
      case 20 -> Format.IQ4_NL;
      case 23 -> Format.IQ4_XS;
      case 39 -> Format.MXFP4;
      default -> null;
    };
  }

  /** The id of a format. */
  static int id(Format format) {
    return switch (format) {
      case F32 -> 0;
      case F16 -> 1;
      case BF16 -> 30;
      case Q4_0 -> 2;
      case Q4_1 -> 3;
      case Q5_0 -> 6;
      case Q5_1 -> 7;
      case Q8_0 -> 8;
      case Q2_K -> 10;
      case Q3_K -> 11;
      case Q4_K -> 12;
      case Q5_K -> 13;
      case Q6_K -> 14;
      case IQ4_NL -> 20;
      case IQ4_XS -> 23;
      case MXFP4 -> 39;
    };
  }

  /** A name for people, also of ids that nobody has given out. */
  static String name(int id) {
    String name = NAMES.get(id);
    return name != null ? name : "the unknown type " + Integer.toUnsignedString(id);
  }
}
