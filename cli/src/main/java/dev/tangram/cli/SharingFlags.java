package dev.tangram.cli;

import dev.tangram.fleet.sim.Objective;
import dev.tangram.fleet.sim.ServedModel;
import dev.tangram.fleet.sim.Simulation;
import dev.tangram.schedule.pool.TurnTaking;
import dev.tangram.schedule.route.Router;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Many models of one kind, with replicas of their own or on chips that they share. */
final class SharingFlags {
  private static final double NANOS = 1e9;

  /** Who has a chip when. */
  enum Sharing {
    /** Replicas of its own for each model. */
    OWN("own"),
    /** A group of one model's requests, then another's. */
    GROUPS("groups"),
    /** Models decode in turns. */
    TURNS("turns");

    private final String word;

    Sharing(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  @Option(
      names = "--many",
      paramLabel = "N",
      defaultValue = "1",
      description = "So many models like this one; each request is for any of them.")
  private int models;

  @Option(
      names = "--sharing",
      paramLabel = "HOW",
      defaultValue = "own",
      description = {
        "${COMPLETION-CANDIDATES}: replicas of its own for each model, or replicas that all models"
            + " share, one at a time, group by group or in turns (default: ${DEFAULT-VALUE})."
      })
  private Sharing sharing;

  @Option(
      names = "--switch",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seconds to put another model on a replica (default: ${DEFAULT-VALUE}).")
  private double switchSeconds;

  @Option(
      names = "--group",
      paramLabel = "N",
      defaultValue = "8",
      description = "Requests of a group while others wait (default: ${DEFAULT-VALUE}).")
  private int groupMax;

  @Option(
      names = "--turn-max",
      paramLabel = "S",
      defaultValue = "4",
      description = "Longest turn while others wait (default: ${DEFAULT-VALUE}).")
  private double turnSecondsMax;

  int models() {
    if (models < 1 || models > 100_000) {
      throw Failure.usage("--many: found %d, allowed: 1 to 100000", models);
    }
    return models;
  }

  boolean shared() {
    return sharing != Sharing.OWN;
  }

  /** Replicas of all models together. */
  int hosts(int replicas) {
    return shared() ? replicas : replicas * models();
  }

  /**
   * @param startNanos until a replica that died is there again, where models do not change
   */
  long loadNanos(long startNanos) {
    if (!(switchSeconds >= 0) || switchSeconds > 1e5) {
      throw Failure.usage("--switch: found %s, allowed: 0 to 100000 seconds", switchSeconds);
    }
    return shared() ? (long) (switchSeconds * NANOS) : startNanos;
  }

  /**
   * @param replicas of each model, or of all that share them
   */
  Simulation simulation(
      ServedModel model, int replicas, Supplier<Router> router, Objective objective) {
    List<ServedModel> all = Collections.nCopies(models(), model);
    return switch (sharing) {
      case OWN -> {
        int[] each = new int[models()];
        Arrays.fill(each, replicas);
        yield Simulation.dedicated(all, each, router, objective);
      }
      case GROUPS -> {
        if (groupMax < 1) {
          throw Failure.usage("--group: found %d, allowed: 1 or more", groupMax);
        }
        yield Simulation.pooled(all, replicas, groupMax, objective);
      }
      case TURNS -> {
        if (!(turnSecondsMax > 0) || turnSecondsMax > 1e5) {
          throw Failure.usage(
              "--turn-max: found %s, allowed: more than 0, at most 100000 seconds", turnSecondsMax);
        }
        yield Simulation.timeShared(
            all,
            replicas,
            new TurnTaking(
                nanos(objective.ttftSeconds()),
                nanos(objective.tpotSeconds()),
                model.loadNanos(),
                nanos(turnSecondsMax)),
            objective);
      }
    };
  }

  private static long nanos(double seconds) {
    return (long) Math.clamp(seconds * NANOS, 1, 1e17);
  }
}
