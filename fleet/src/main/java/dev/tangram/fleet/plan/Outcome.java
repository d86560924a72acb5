package dev.tangram.fleet.plan;

import java.util.List;

/** What planning comes to. */
public sealed interface Outcome {
  /** Every demand is met. */
  record Planned(Plan plan) implements Outcome {}

  /**
   * Not all demands can be met together.
   *
   * @param rest a plan for all but as few as possible
   * @param broken the demands that are left out
   */
  record Impossible(Plan rest, List<Broken> broken) implements Outcome {
    public Impossible {
      broken = List.copyOf(broken);
    }
  }

  /**
   * A demand that has no place beside those that the rest of the plan serves.
   *
   * @param conflict rules that cannot hold together, though without any one of them they can; empty
   *     if it was not looked for
   * @param others how many served demands are in the conflict as a whole, not each by itself
   */
  record Broken(Demand demand, Menu menu, List<Rule> conflict, int others) {
    public Broken {
      conflict = List.copyOf(conflict);
    }
  }
}
