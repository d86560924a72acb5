package dev.tangram.kernel;

import org.junit.jupiter.api.BeforeAll;

/** The machine tier's operands, as {@link BoundsTest} tests the vector tier's. */
class MachineBoundsTest extends BoundsTest {
  @BeforeAll
  static void thisIsAMachineForIt() {
    Tiers.assumeMachine();
  }

  @Override
  String tier() {
    return "machine";
  }
}
