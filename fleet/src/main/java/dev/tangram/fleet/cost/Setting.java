package dev.tangram.fleet.cost;

import dev.tangram.fleet.model.Family;

/** What constants are calibrated for. */
record Setting(String engine, Family family, String chip) {
  static Setting of(Replica replica) {
    return new Setting(replica.engine(), replica.model().family(), replica.chip().id());
  }

  @Override
  public String toString() {
    return engine + ", " + family.word() + " on " + chip;
  }
}
