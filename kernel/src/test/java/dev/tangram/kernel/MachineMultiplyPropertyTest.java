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
}
