package dev.tangram.cli;

import dev.tangram.cli.text.StepMeter;
import dev.tangram.fleet.day.Day;
import dev.tangram.fleet.day.DayOptions;
import dev.tangram.fleet.plan.Outcome;
import dev.tangram.fleet.plan.Plan;
import java.nio.file.Files;
import java.util.Map;
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
  @Mixin private DayFlags days;

  @Option(names = "--why", description = "Also print for each demand what lost, and why.")
  private boolean why;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  PlanCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    boolean day = days.wanted();
    PlanFlags.Task task = flags.task();
    Outcome outcome = task.planner().plan(task.fleet(), task.demands().demands());
    Map<String, Object> map = PlanJson.map(outcome);
    String text = PlanReport.text(outcome, why);
    DayReport report = null;
    if (day) {
      report = new DayReport(simulated(plan(outcome), task));
      map.put("day", report.json());
      if (days.page() != null) {
        Files.writeString(days.page(), report.page(text));
      }
    }
    surroundings
        .screen()
        .out()
        .print(json ? JsonText.write(map) : report == null ? text : text + '\n' + report.text());
    return outcome instanceof Outcome.Planned ? 0 : Failure.FAILED;
  }

  /** Of all demands, or of those that have a place. */
  private static Plan plan(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Planned(Plan plan) -> plan;
      case Outcome.Impossible(Plan rest, var _) -> rest;
    };
  }

  private Day simulated(Plan plan, PlanFlags.Task task) {
    DayOptions options = days.options();
    var screen = surroundings.screen();
    int groups = plan.assignments().size();
    long began = System.nanoTime();
    Day day;
    try (StepMeter meter = new StepMeter("simulating a day", screen)) {
      day = Day.of(plan, task.calibration(), options, done -> meter.progress(done, groups));
    }
    long events = day.groups().stream().mapToLong(group -> group.sample().events()).sum();
    long steps = day.groups().stream().mapToLong(group -> group.sample().sequenceSteps()).sum();
    screen
        .err()
        .println(
            screen.dimErr(
                "%,d events and %,d sequence steps in %.2f s"
                    .formatted(events, steps, (System.nanoTime() - began) / 1e9)));
    return day;
  }
}
