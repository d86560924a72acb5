package dev.tangram.schedule.place;

import java.util.List;
import java.util.Map;

/** What was decided, and why. */
public sealed interface Decision {
  Request request();

  /** Why nodes were out of the question: the first obstacle of each, and how many nodes had it. */
  Map<String, Integer> obstacles();

  /** Whole sentences for the one who asks why. */
  String explain();

  /**
   * It goes there.
   *
   * @param fitting nodes that would have done, this one included
   * @param runnerUp the second best; null if no other fits
   */
  record Placed(
      Request request,
      Node node,
      Holding holding,
      String policy,
      double cost,
      int fitting,
      RunnerUp runnerUp,
      Map<String, Integer> obstacles)
      implements Decision {
    @Override
    public String explain() {
      return Explanation.of(this);
    }
  }

  /** The second best node and how much worse it is, in the policy's measure; 0 is a tie. */
  record RunnerUp(Node node, double behind) {}

  /**
   * It fits nowhere.
   *
   * @param withheld whether it fits somewhere and the policy keeps that for others
   * @param changes each would have made it fit alone, the smallest first; empty if none would
   */
  record Refused(
      Request request, boolean withheld, Map<String, Integer> obstacles, List<String> changes)
      implements Decision {
    @Override
    public String explain() {
      return Explanation.of(this);
    }
  }
}
