package dev.tangram.fleet.plan;

import java.util.List;

/** What a demand can run on, and why not on the rest: every pool is in one of the two. */
public record Menu(Demand demand, List<Choice> choices, List<Refusal> refusals) {
  public Menu {
    choices = List.copyOf(choices);
    refusals = List.copyOf(refusals);
  }
}
