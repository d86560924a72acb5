package dev.tangram.fleet.plan;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers in sentences. */
final class Digits {
  private static final MathContext FOUR = new MathContext(4);

  private Digits() {}

  /** Such as {@code 1 chip}. */
  static String chips(int count) {
    return count == 1 ? "1 chip" : count + " chips";
  }

  /** Four digits that count, never an exponent. */
  static String of(double value) {
    BigDecimal exact = new BigDecimal(value);
    return (exact.precision() - exact.scale() > 4
            ? exact.setScale(0, java.math.RoundingMode.HALF_UP)
            : exact.round(FOUR))
        .stripTrailingZeros()
        .toPlainString();
  }
}
