package dev.tangram.cli;

import dev.tangram.fleet.plan.Fleet;
import dev.tangram.fleet.plan.Outcome;
import dev.tangram.fleet.plan.Pool;
import dev.tangram.fleet.plan.WhatIf;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tangram what-if}. */
@Command(
    name = "what-if",
    description = {
      "Plan as if some chips were gone: what breaks, whose it is, and what would replace it.",
      "Bought is more of a pool, or what FLEET.yaml lists under offers:, and only what reports known"
          + " by --from let a buyer in the fleet's country have."
    })
final class WhatIfCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private PlanFlags flags;

  @Option(
      names = "--without",
      paramLabel = "CHIP",
      required = true,
      description = "A chip (id, name, alias), pool or vendor of the fleet. Repeatable.")
  private List<String> without;

  @Option(
      names = "--from",
      paramLabel = "DATE",
      description = "From when, such as 2025-04-15 (default: today).")
  private String from;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  WhatIfCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    String day = day();
    PlanFlags.Task task = flags.task();
    Set<Pool> lost = lost(task.fleet());
    WhatIf answer =
        WhatIf.of(task.planner(), task.fleet(), task.demands().demands(), this::isLost, day);
    surroundings
        .screen()
        .out()
        .print(
            json
                ? WhatIfReport.json(answer, lost, day)
                : WhatIfReport.text(answer, task.fleet(), lost, day));
    return answer.after() instanceof Outcome.Planned ? 0 : Failure.FAILED;
  }

  private String day() {
    if (from == null) {
      return LocalDate.now().toString();
    }
    try {
      return LocalDate.parse(from).toString();
    } catch (DateTimeParseException e) {
      throw Failure.usage("--from: found %s, allowed: a date such as 2025-04-15", from);
    }
  }

  private Set<Pool> lost(Fleet fleet) {
    Set<Pool> lost = new HashSet<>();
    for (String name : without) {
      List<Pool> named = fleet.pools().stream().filter(pool -> isCalled(pool, name)).toList();
      if (named.isEmpty()) {
        throw Failure.usage(
            "--without: found %s, allowed: %s",
            name,
            String.join(", ", fleet.pools().stream().map(p -> p.chip().id()).distinct().toList()));
      }
      lost.addAll(named);
    }
    if (lost.size() == fleet.pools().size()) {
      throw Failure.usage("--without: found every pool of the fleet, allowed: some of them");
    }
    return lost;
  }

  /** Pools and offers alike. */
  private boolean isLost(Pool pool) {
    return without.stream().anyMatch(name -> isCalled(pool, name));
  }

  private static boolean isCalled(Pool pool, String name) {
    String key = key(name);
    var chip = pool.chip();
    return key.equals(key(pool.name()))
        || key.equals(key(chip.id()))
        || key.equals(key(chip.name()))
        || key.equals(key(chip.vendor()))
        || chip.aliases().stream().anyMatch(alias -> key.equals(key(alias)));
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[\\s_-]+", "");
  }
}
