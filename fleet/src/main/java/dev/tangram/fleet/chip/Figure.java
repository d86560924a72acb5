package dev.tangram.fleet.chip;

import java.util.OptionalDouble;

/** A figure of a chip: a number, unknown to us, or known not to exist. Never a guess. */
public sealed interface Figure {
  Figure UNKNOWN = new Unknown();
  Figure ABSENT = new Absent();

  /** Finite and greater than zero, in the unit of its field. */
  record Known(double amount) implements Figure {
    public Known {
      if (!(amount > 0) || Double.isInfinite(amount)) {
        throw new IllegalArgumentException(
            "figure: found %s, allowed: a number greater than 0".formatted(amount));
      }
    }
  }

  /** Nobody published it. */
  record Unknown() implements Figure {}

  /** The chip cannot do this: FP8 on a chip without FP8. */
  record Absent() implements Figure {}

  default OptionalDouble value() {
    return this instanceof Known(double amount)
        ? OptionalDouble.of(amount)
        : OptionalDouble.empty();
  }
}
