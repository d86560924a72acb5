package dev.tangram.fleet.sim;

import static dev.tangram.fleet.sim.Fleets.LOOSE;
import static dev.tangram.fleet.sim.Fleets.MILLI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.fleet.workload.Gaps;
import dev.tangram.fleet.workload.Lengths;
import dev.tangram.fleet.workload.Request;
import dev.tangram.fleet.workload.SeededWorkload;
import dev.tangram.fleet.workload.Trace;
import dev.tangram.fleet.workload.Workload;
import dev.tangram.schedule.route.ExpectedCost;
import dev.tangram.schedule.route.LeastLoaded;
import dev.tangram.schedule.route.Router;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationSimTest {
  private static final long SEED = 20261123;

  private static Simulation one(ServedModel model, int replicas) {
    return Simulation.dedicated(List.of(model), new int[] {replicas}, LeastLoaded::new, LOOSE);
  }

  private static Workload poisson(long seed, double rate, int prompt, int output, double seconds) {
    return new SeededWorkload(
        seed, Gaps.poisson(rate), Lengths.lognormal(prompt, output, 1, 2_000), 1, seconds);
  }

  private static Outcome busyAndFailing(long seed) {
    List<Outage> outages = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      outages.add(new Outage(i % 3, (5 + 7L * i) * 1_000 * MILLI));
    }
    // 400 blocks for up to 32 sequences of about 400 tokens: half of what they want.
    return one(Fleets.plain("m", Fleets.limits(400, 32), 3_000 * MILLI), 3)
        .run(poisson(seed, 30, 300, 100, 150), 150, outages);
  }

  @Test
  void oneSeedIsOneOutcome() {
    assertThat(busyAndFailing(SEED)).isEqualTo(busyAndFailing(SEED));
    assertThat(busyAndFailing(SEED)).isNotEqualTo(busyAndFailing(SEED + 1));
  }

  /** The run itself checks that every ledger is whole and empty at its end. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whateverHappensEveryRequestEndsOnceAndEveryTokenIsCountedOnce(long seed) {
    long tokens = 0;
    int requests = 0;
    Workload again = poisson(seed, 30, 300, 100, 150);
    for (var next = again.next(); next.isPresent(); next = again.next()) {
      tokens += next.get().outputTokens();
      requests++;
    }

    Outcome outcome = busyAndFailing(seed);

    assertThat(outcome.requests()).as("seed=%d", seed).isEqualTo(requests);
    assertThat(outcome.finished()).isEqualTo(requests);
    assertThat(outcome.refused()).isZero();
    assertThat(outcome.outputTokens()).isEqualTo(tokens);
    assertThat(outcome.good()).isEqualTo(requests);
    assertThat(outcome.retried()).isPositive();
    assertThat(outcome.lostTokens()).isPositive();
    assertThat(outcome.preemptions()).as("KV is short").isPositive();
    assertThat(outcome.readTokens()).isGreaterThan(outcome.promptTokens() - outcome.cachedTokens());
    assertThat(outcome.busyShare()).isBetween(0.0, 1.0);
  }

  @Test
  void withRoomAndNoFailuresNothingIsDoneTwice() {
    Outcome outcome =
        one(Fleets.plain("m", Fleets.limits(20_000, 64), 0), 2)
            .run(poisson(SEED, 10, 300, 100, 200), 200, List.of());

    assertThat(outcome.preemptions()).isZero();
    assertThat(outcome.lostTokens()).isZero();
    // A token of a prompt that is all that is left of it counts as a decode.
    assertThat(outcome.readTokens())
        .isCloseTo(outcome.promptTokens() - outcome.cachedTokens(), Percentage.withPercentage(0.1));
  }

  /** Pollaczek and Khinchine: service 0.1 s, always; one request at a time. */
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.6, 0.8})
  void aSingleServerWaitsAsTheFormulaSays(double load) {
    double service = 0.1;
    EngineLimits limits = Fleets.limits(100, 1);
    Workload arrivals =
        new SeededWorkload(SEED, Gaps.poisson(load / service), Lengths.fixed(20, 1), 1, 40_000);

    Outcome outcome =
        one(Fleets.fixed("m", 100 * MILLI, limits), 1).run(arrivals, 40_000, List.of());

    double wait = load * service / (2 * (1 - load));
    assertThat(outcome.busyShare()).isCloseTo(load, Percentage.withPercentage(1));
    assertThat(outcome.ttftSeconds().mean() - service)
        .isCloseTo(wait, Percentage.withPercentage(3));
  }

  @Test
  void timesOfOneRequestAreThoseOfItsSteps() {
    Workload single = new SeededWorkload(1, _ -> 1, Lengths.fixed(100, 5), 1, 1.5);

    Outcome outcome = one(Fleets.plain("m", Fleets.limits(100, 4), 0), 1).run(single, 1, List.of());

    // 10 ms + 100 x 0.1 ms, then four steps of 10 ms.
    assertThat(outcome.ttftSeconds().mean()).isCloseTo(0.020, within(1e-9));
    assertThat(outcome.tpotSeconds().mean()).isCloseTo(0.010, within(1e-9));
    assertThat(outcome.endSeconds().mean()).isCloseTo(0.060, within(1e-9));
    assertThat(outcome.steps()).isEqualTo(5);
    assertThat(outcome.busySeconds()).isCloseTo(0.060, within(1e-9));
  }

  @Test
  void aRequestThatNoReplicaCouldHoldIsRefused() {
    Workload single = new SeededWorkload(1, _ -> 1, Lengths.fixed(5_000, 5), 1, 3.5);

    Outcome outcome = one(Fleets.plain("m", Fleets.limits(100, 4), 0), 1).run(single, 3, List.of());

    assertThat(outcome.requests()).isEqualTo(3);
    assertThat(outcome.refused()).isEqualTo(3);
    assertThat(outcome.goodShare()).isZero();
  }

  @Test
  void whileAllReplicasAreDownRequestsWait() {
    Workload single = new SeededWorkload(1, _ -> 1, Lengths.fixed(100, 5), 1, 1.5);
    // Dies 5 ms into the prompt and is back 3 s later.
    List<Outage> outages = List.of(new Outage(0, 1_005 * MILLI));

    Outcome outcome =
        one(Fleets.plain("m", Fleets.limits(100, 4), 3_000 * MILLI), 1).run(single, 1, outages);

    assertThat(outcome.retried()).isEqualTo(1);
    assertThat(outcome.ttftSeconds().mean()).isCloseTo(3.025, within(1e-9));
  }

  @Test
  void aTraceIsServedAndItsSharedPrefixFound() throws Exception {
    Path file = Path.of(SimulationSimTest.class.getResource("/traces/mooncake.jsonl").toURI());
    Trace trace = Trace.read(file);

    Outcome outcome = talk(LeastLoaded::new, trace.replay(1e6));

    assertThat(outcome.finished()).isEqualTo(120);
    assertThat(outcome.outputTokens())
        .isEqualTo(trace.requests().stream().mapToLong(Request::outputTokens).sum());
    // All begin with the same 512 tokens, which each of four replicas reads at least once.
    assertThat(outcome.cachedTokens()).isBetween(100L * 512, 116L * 512);
  }

  @Test
  void affinityReadsConversationsOnce() {
    Outcome least = talk(LeastLoaded::new, conversations());
    Outcome affine =
        talk(() -> ExpectedCost.tuned(Fleets.limits(40_000, 64).cacheTokens()), conversations());

    assertThat(affine.finished()).isEqualTo(least.finished());
    assertThat(affine.promptTokens()).isEqualTo(least.promptTokens());
    // Every turn finds all turns before it: 0 + 1 + ... + 7 of them in each conversation.
    assertThat(affine.cachedTokens()).isEqualTo(60L * 28 * 512);
    assertThat(least.cachedTokens()).isLessThan(affine.cachedTokens() * 2 / 3);
    assertThat(affine.ttftSeconds().mean()).isLessThan(least.ttftSeconds().mean());
  }

  private static Outcome talk(Supplier<Router> router, Workload workload) {
    return Simulation.dedicated(
            List.of(Fleets.plain("m", Fleets.limits(40_000, 64), 0)), new int[] {4}, router, LOOSE)
        .run(workload, 60, List.of());
  }

  /** 60 conversations of 8 turns; a turn adds 512 tokens to the prompt of the one before. */
  private static Workload conversations() {
    List<Request> requests = new ArrayList<>();
    for (int turn = 1; turn <= 8; turn++) {
      for (int talk = 0; talk < 60; talk++) {
        int[] prefix = new int[turn];
        for (int i = 0; i < turn; i++) {
          prefix[i] = talk * 100 + i;
        }
        // A prime number of ms apart, so that turns of a conversation meet other loads.
        long arrival = (turn * 60L + talk) * 97 * MILLI;
        requests.add(new Request(arrival, 0, turn * 512 + 10, 20 + talk % 7, prefix, 512));
      }
    }
    return new Trace(requests).replay(1e6);
  }

  @Test
  void anEmptyWorkloadIsNoWork() {
    Outcome outcome =
        one(Fleets.plain("m", Fleets.limits(100, 4), 0), 1).run(Optional::empty, 1, List.of());

    assertThat(outcome.requests()).isZero();
    assertThat(outcome.seconds()).isZero();
    assertThat(outcome.goodShare()).isEqualTo(1);
  }
}
