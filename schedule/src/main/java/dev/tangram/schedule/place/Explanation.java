package dev.tangram.schedule.place;

/** Decisions in words. */
final class Explanation {
  private Explanation() {}

  static String of(Decision.Placed placed) {
    return placed.node().name();
  }

  static String of(Decision.Refused refused) {
    return refused.request().name();
  }
}
