package dev.tangram.fleet.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a demand can run on, and why not on the rest.
 *
 * @param groups of every pool that the tenant allows, in each those that meet the objectives first
 * @param refusals one for each pool that offers nothing
 */
public record Menu(Demand demand, List<Group> groups, List<Refusal> refusals) {
  public Menu {
    groups = List.copyOf(groups);
    refusals = List.copyOf(refusals);
  }

  /** What the groups offer. */
  public List<Choice> choices() {
    List<Choice> choices = new ArrayList<>();
    for (Group group : groups) {
      if (group instanceof Group.Met(Choice choice, Optional<Choice> by) && by.isEmpty()) {
        choices.add(choice);
      }
    }
    return List.copyOf(choices);
  }
}
