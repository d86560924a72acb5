package dev.tangram.kernel;

import org.junit.jupiter.api.BeforeAll;

/** The machine tier's attention, as {@link AttentionPropertyTest} tests the vector tier's. */
class MachineAttentionPropertyTest extends AttentionPropertyTest {
  @BeforeAll
  static void thisIsAMachineForIt() {
    Tiers.assumeMachine();
  }

  @Override
  String tier() {
    return "machine";
  }
}
