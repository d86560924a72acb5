package dev.tangram.cli;

import dev.tangram.fleet.chip.Chip;
import dev.tangram.fleet.cost.Parallelism;
import dev.tangram.fleet.cost.Replica;
import dev.tangram.fleet.cost.Roofline;
import dev.tangram.fleet.cost.WeightType;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelShape;
import dev.tangram.fleet.sim.EngineLimits;
import java.io.IOException;
import picocli.CommandLine.Option;

/** What serves: a model on chips, and its engine's limits. */
final class ReplicaFlags {
  private static final int BLOCK_LENGTH = 16;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "The model, as the catalogue calls it.")
  private String model;

  @Option(names = "--chip", paramLabel = "NAME", required = true, description = "The chip.")
  private String chip;

  @Option(
      names = "--replicas",
      paramLabel = "N",
      defaultValue = "1",
      description = "Replicas (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--tp",
      paramLabel = "N",
      defaultValue = "1",
      description = "Chips of a replica that share every matrix (default: ${DEFAULT-VALUE}).")
  private int chips;

  @Option(
      names = "--weights",
      paramLabel = "TYPE",
      defaultValue = "BF16",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private WeightType weights;

  @Option(
      names = "--kv",
      paramLabel = "TYPE",
      defaultValue = "FP16",
      description = "Keys and values: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private KvType kv;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = "any",
      description = "The engine, as the measurements of --csv call it.")
  private String engine;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "256",
      description = "Sequences that a replica runs at once (default: ${DEFAULT-VALUE}).")
  private int sequencesMax;

  @Option(
      names = "--step-tokens",
      paramLabel = "N",
      defaultValue = "2048",
      description = "Tokens of one step (default: ${DEFAULT-VALUE}).")
  private int stepTokensMax;

  @Option(
      names = "--wait-max",
      paramLabel = "S",
      description = "Refuse requests that would wait longer in line.")
  private Double waitSecondsMax;

  int count() {
    if (count < 1 || count > 1 << 16) {
      throw Failure.usage("--replicas: found %d, allowed: 1 to %d", count, 1 << 16);
    }
    return count;
  }

  Replica replica(FleetFlags fleet) throws IOException {
    ModelShape shape =
        fleet
            .models()
            .find(model)
            .orElseThrow(() -> Failure.failed("there is no model %s in the catalogue", model));
    Chip found = ChipFlags.find(fleet.chips(), chip);
    if (chips < 1 || chips > 1024) {
      throw Failure.usage("--tp: found %d, allowed: 1 to 1024", chips);
    }
    return new Replica(shape, found, engine, Parallelism.tensor(chips), weights, kv);
  }

  EngineLimits limits(Roofline roofline, boolean recurrent) {
    if (sequencesMax < 1 || sequencesMax > 1 << 16) {
      throw Failure.usage("--batch: found %d, allowed: 1 to %d", sequencesMax, 1 << 16);
    }
    if (stepTokensMax < 1 || stepTokensMax > 1 << 24) {
      throw Failure.usage("--step-tokens: found %d, allowed: 1 to %d", stepTokensMax, 1 << 24);
    }
    if (waitSecondsMax != null && !(waitSecondsMax > 0 && waitSecondsMax < 1e9)) {
      throw Failure.usage("--wait-max: found %s, allowed: more than 0 seconds", waitSecondsMax);
    }
    long waitNanosMax =
        waitSecondsMax == null ? Long.MAX_VALUE : Math.max(1, (long) (waitSecondsMax * 1e9));
    return EngineLimits.of(
        roofline, recurrent, BLOCK_LENGTH, sequencesMax, stepTokensMax, waitNanosMax);
  }
}
