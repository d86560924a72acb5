package dev.tangram.fleet.plan;

import java.util.List;

/** What DEMAND.yaml says. */
public record Demands(PlanBy by, List<Demand> demands) {
  public Demands {
    demands = List.copyOf(demands);
  }
}
