package dev.tangram.kernel;

import org.junit.jupiter.api.BeforeAll;

/** The machine tier's products, as {@link MultiplyPropertyTest} tests the vector tier's. */
class MachineMultiplyPropertyTest extends MultiplyPropertyTest {
  @BeforeAll
  static void thisIsAMachineForIt() {
    Tiers.assumeMachine();
  }

  @Override
  String tier() {
    return "machine";
  }

  /** Integers of 16 bits: half a step each, a step being the largest of 32 by 32767. */
  @Override
  double error(Format format, float[] x, int token, int columns) {
    if (format.blockLength() == 1) {
      return 0;
    }
    double error = 0;
    for (int i = token * columns; i < (token + 1) * columns; i += 32) {
      float most = 0;
      for (int c = i; c < i + 32; c++) {
        most = Math.max(most, Math.abs(x[c]));
      }
      error += 32 * most / 65534.0;
    }
    return error;
  }
}
