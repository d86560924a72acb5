package dev.tangram.fleet.sim;

import static dev.tangram.fleet.sim.Fleets.LOOSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Constants;
import dev.tangram.fleet.cost.Load;
import dev.tangram.fleet.cost.Metric;
import dev.tangram.fleet.cost.Parallelism;
import dev.tangram.fleet.cost.Replica;
import dev.tangram.fleet.cost.Roofline;
import dev.tangram.fleet.cost.WeightType;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelCatalogue;
import dev.tangram.fleet.workload.Lengths;
import dev.tangram.fleet.workload.SeededWorkload;
import dev.tangram.fleet.workload.Workload;
import dev.tangram.schedule.route.LeastLoaded;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The cost model under the schedulers. */
class RooflineSimTest {
  private static Replica replica(String model, String chip, int chips) {
    return new Replica(
        ModelCatalogue.shipped().find(model).orElseThrow(),
        ChipCatalogue.shipped().find(chip).orElseThrow(),
        "any",
        Parallelism.tensor(chips),
        WeightType.BF16,
        KvType.FP16);
  }

  private static EngineLimits limits(Replica replica, int sequences) {
    return EngineLimits.of(
        Roofline.of(replica),
        replica.model().stateLayers() > 0,
        16,
        sequences,
        2_048,
        Long.MAX_VALUE);
  }

  private static Outcome run(Replica replica, int sequences, Workload workload) {
    Constants constants = Calibration.of(List.of()).constants(replica);
    ServedModel model =
        new ServedModel(
            "m", new RooflineStep(Roofline.of(replica), constants), limits(replica, sequences), 0);
    return Simulation.dedicated(List.of(model), new int[] {1}, LeastLoaded::new, LOOSE)
        .run(workload, 1_000, List.of());
  }

  /** Everybody asks at once. */
  private static Workload crowd(int requests, int prompt, int output) {
    return new SeededWorkload(1, _ -> 1e-9, Lengths.fixed(prompt, output), 1, requests * 1e-9);
  }

  @Test
  void blocksAreWhatTheCostModelSaysFits() {
    Replica replica = replica("Qwen3-8B", "H100", 1);
    double tokens =
        Roofline.of(replica).capacity(new Load(Load.AS_MANY_AS_FIT, 9_000, 1_000)) * 10_000;

    EngineLimits limits = limits(replica, 256);

    assertThat(limits.blocks() * 16.0).isCloseTo(tokens, Percentage.withPercentage(0.1));
    assertThat(limits.snapshots()).isEqualTo(EngineLimits.NO_STATES);
  }

  @Test
  void weightsThatLeaveNoRoomAreRefused() {
    Replica replica = replica("Qwen3-235B-A22B", "H100", 2);

    assertThatThrownBy(() -> limits(replica, 256))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allowed: room for one block of 16 tokens");
  }

  /** A line that never ends keeps 32 sequences running: the steady load that forecasts are of. */
  @Test
  void aSteadyLoadIsAsFastAsForecast() {
    Replica replica = replica("Qwen3-8B", "H100", 1);
    Constants constants = Calibration.of(List.of()).constants(replica);
    double forecast =
        Roofline.of(replica)
            .value(Metric.OUTPUT_TOKENS_PER_SECOND, constants, new Load(32, 500, 200));

    Outcome outcome = run(replica, 32, crowd(3_200, 500, 200));

    assertThat(outcome.finished()).isBetween(3_199, 3_201);
    assertThat(outcome.outputTokensPerSecond()).isCloseTo(forecast, Percentage.withPercentage(5));
  }

  /** Recurrent states: slots and snapshots of the state ledger take part. */
  @Test
  void aHybridServesAsWell() {
    Replica replica = replica("Qwen3-Next-80B-A3B", "H200", 4);
    EngineLimits limits = limits(replica, 256);

    Outcome outcome = run(replica, 256, crowd(600, 300, 50));

    assertThat(limits.snapshots()).isPositive();
    assertThat(outcome.finished()).isBetween(599, 601);
    assertThat(outcome.outputTokens()).isEqualTo(50L * outcome.finished());
  }
}
