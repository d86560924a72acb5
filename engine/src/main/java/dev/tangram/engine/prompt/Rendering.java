package dev.tangram.engine.prompt;

import java.time.Clock;

/** One rendering in progress. Owned by the thread that renders. */
final class Rendering {
  final Budget budget = new Budget();
  final Clock clock;
  TextBuilder out = new TextBuilder(budget);
  int line;

  Rendering(Clock clock) {
    this.clock = clock;
  }
}
