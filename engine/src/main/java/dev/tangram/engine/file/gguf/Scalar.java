package dev.tangram.engine.file.gguf;

import java.math.BigInteger;

/**
 * A single number or boolean with the type it has in the file, so that a copy of a file keeps it.
 *
 * @param value Long, BigInteger (u64 above the range of long), Float, Double or Boolean
 */
record Scalar(ValueType type, Object value) {
  /** Long, Double, Boolean, or the digits of an integer above the range of long. */
  Object display() {
    return switch (value) {
      // By its shortest digits: an epsilon of 1e-6 is not to be shown as 9.999999974752427E-7.
      case Float number -> Double.valueOf(Float.toString(number));
      case BigInteger number -> number.toString();
      default -> value;
    };
  }

  /** The value's bits, in the low bytes. */
  long bits() {
    return switch (value) {
      case Long number -> number;
      case BigInteger number -> number.longValue();
      case Float number -> Float.floatToRawIntBits(number);
      case Double number -> Double.doubleToRawLongBits(number);
      case Boolean flag -> flag ? 1 : 0;
      default -> throw new IllegalStateException("no scalar: " + value);
    };
  }
}
