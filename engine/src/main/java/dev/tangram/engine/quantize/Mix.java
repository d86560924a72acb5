package dev.tangram.engine.quantize;

import dev.tangram.kernel.Format;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A recipe for a whole file, as llama.cpp names them: the type of most matrices, and the number
 * that {@code general.file_type} has for it. What single tensors take instead is in {@link
 * TensorMix}.
 */
public enum Mix {
  F32(0, Format.F32),
  F16(1, Format.F16),
  BF16(32, Format.BF16),
  Q8_0(7, Format.Q8_0),
  Q6_K(18, Format.Q6_K),
  Q5_K_M(17, Format.Q5_K),
  Q5_1(9, Format.Q5_1),
  Q5_0(8, Format.Q5_0),
  Q4_K_M(15, Format.Q4_K),
  Q4_1(3, Format.Q4_1),
  Q4_0(2, Format.Q4_0);

  private final int fileType;
  private final Format format;

  Mix(int fileType, Format format) {
    this.fileType = fileType;
    this.format = format;
  }

  /** llama.cpp's number of this mix. */
  public int fileType() {
    return fileType;
  }

  /** What most matrices take. */
  public Format format() {
    return format;
  }

  /** Whether its blocks share scales. */
  boolean isQuantized() {
    return format.blockLength() > 1;
  }

  /**
   * The mix of a name such as {@code q4_k_m}, in any case.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Mix of(String name) {
    for (Mix mix : values()) {
      if (mix.name().equalsIgnoreCase(name)) {
        return mix;
      }
    }
    throw new IllegalArgumentException("type: found %s, allowed: %s".formatted(name, names()));
  }

  /** All names, best first. */
  public static String names() {
    return Arrays.stream(values()).map(Mix::toString).collect(Collectors.joining(", "));
  }

  /** As it is typed: {@code q4_k_m}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
