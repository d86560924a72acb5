package dev.tangram.fleet.plan;

import java.util.List;

/**
 * What a demand can run on, and why not on the rest.
 *
 * @param groups of every pool that the tenant allows, in the order in which they were tried
 * @param refusals one for each pool that offers nothing
 */
public record Menu(Demand demand, List<Group> groups, List<Refusal> refusals) {
  public Menu {
    groups = List.copyOf(groups);
    refusals = List.copyOf(refusals);
  }

  /** What the groups offer. */
  public List<Choice> choices() {
    return groups.stream()
        .filter(Group.Offered.class::isInstance)
        .map(group -> ((Group.Offered) group).choice())
        .toList();
  }
}
