package dev.tangram.kernel;

import org.junit.jupiter.api.BeforeAll;

/** The machine tier's attention, as {@link KvTypePropertyTest} tests the vector tier's. */
class MachineKvTypePropertyTest extends KvTypePropertyTest {
  @BeforeAll
  static void thisIsAMachineForIt() {
    Tiers.assumeMachine();
  }

  @Override
  String tier() {
    return "machine";
  }
}
