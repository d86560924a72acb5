package dev.tangram.kernel;

import org.junit.jupiter.api.BeforeAll;

/** The machine tier with float activations. */
class MachineFloatMultiplyPropertyTest extends MultiplyPropertyTest {
  @BeforeAll
  static void thisIsAMachineForIt() {
    Tiers.assumeMachine();
  }

  @Override
  String tier() {
    return "machine-f32";
  }
}
