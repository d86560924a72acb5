package dev.tangram.schedule.place;

import java.util.List;

/**
 * A pod or replica that wants a place.
 *
 * @param group what it is one of, such as the replicas of one model; empty for none
 * @param rules all must admit a node
 */
public record Request(String name, String group, Demand demand, List<Rule> rules) {
  public Request {
    rules = List.copyOf(rules);
  }

  public Request(String name, Demand demand) {
    this(name, "", demand, List.of());
  }
}
