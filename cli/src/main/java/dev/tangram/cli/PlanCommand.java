package dev.tangram.cli;

import dev.tangram.fleet.plan.Outcome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tangram plan}. */
@Command(
    name = "plan",
    description = {
      "Plan which model runs on how many chips of which pool, at the least price.",
      "Exits with 1 and the smallest set of rules that contradict each other if there is no plan."
    })
final class PlanCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private PlanFlags flags;

  @Option(names = "--why", description = "Also print for each demand what lost, and why.")
  private boolean why;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  PlanCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    PlanFlags.Task task = flags.task();
    Outcome outcome = task.planner().plan(task.fleet(), task.demands().demands());
    surroundings.screen().out().print(json ? PlanJson.of(outcome) : PlanReport.text(outcome, why));
    return outcome instanceof Outcome.Planned ? 0 : Failure.FAILED;
  }
}
