package dev.tangram.kernel.machine;

/** How a processor multiplies pairs of 16-bit integers and adds them up. */
public enum Pairs {
  /** {@code vpdpwssd}: at 512 bits AVX-512 VNNI, at 256 bits AVX-VNNI; on AArch64 dotprod. */
  DOT,
  /** {@code vpmaddwd} and {@code vpaddd}: at 512 bits AVX-512 BW, at 256 bits AVX2. */
  MULTIPLY_ADD
}
