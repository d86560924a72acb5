package dev.tangram.schedule.admit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.Rejection;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.batch.BatchLimits;
import dev.tangram.schedule.batch.BatchScheduler;
import dev.tangram.schedule.batch.StepPlan;
import dev.tangram.schedule.block.BlockLedger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * OV-1 in virtual time: open-loop Poisson arrivals at 1, 2, 5 and 20 times what the engine can do.
 */
class OverloadSimTest {
  private static final long SEED = 20261123;
  private static final double OBJECTIVE_SECONDS = 10;
  private static final double RUN_SECONDS = 1_200;

  /** Service times vary, so the line is kept to a mean wait well inside the objective. */
  private static final double WAIT_SHARE = 0.7;

  @Test
  void overloadCostsThoseWhoAreRefusedAndNobodyElse() {
    double capacity = new Run(SEED, 1_000, RUN_SECONDS).finish().ended / RUN_SECONDS;
    Map<Integer, Run> runs = new HashMap<>();
    for (int times : new int[] {1, 2, 5, 20}) {
      Run run = new Run(SEED + times, times * capacity, RUN_SECONDS).finish();
      runs.put(times, run);
      System.out.printf(
          "OV-1 seed=%d load=%dx arrivals/s=%.2f goodput=%.1f tok/s refused=%d ttft p99=%.2f s line<=%d%n",
          SEED + times,
          times,
          times * capacity,
          run.goodput(),
          run.refused,
          run.ttft(0.99),
          run.longestLine);
      assertThat(run.longestLine).isLessThanOrEqualTo(Run.WAITING_MAX);
      assertThat(run.ttft(0.99))
          .as("ttft p99 at %dx", times)
          .isLessThanOrEqualTo(1.2 * OBJECTIVE_SECONDS);
      assertThat(run.ledger.held()).isZero();
    }
    assertThat(runs.get(20).goodput()).isGreaterThanOrEqualTo(0.9 * runs.get(1).goodput());
    assertThat(runs.get(20).refused).isPositive();
  }

  @Test
  void retryAfterIsHonest() {
    Run run = new Run(SEED, 100, RUN_SECONDS).finish();
    // Rounded up to whole seconds, so judge those promises that a second does not dominate.
    List<double[]> judged =
        run.promises.stream().filter(p -> p[0] >= 4 && !Double.isNaN(p[1])).toList();
    assertThat(judged).hasSizeGreaterThan(100);
    long good = judged.stream().filter(p -> p[0] >= 0.5 * p[1] && p[0] <= 1.5 * p[1]).count();
    assertThat((double) good / judged.size())
        .as("share of promises within half")
        .isGreaterThan(0.9);
  }

  /** One engine: a step costs 20 ms and 1 ms a token. */
  private static final class Run {
    static final int WAITING_MAX = 256;
    final Random random;
    final BlockLedger ledger = new BlockLedger(2_000, 16);
    final AdmissionQueue queue =
        new AdmissionQueue(
            new AdmissionLimits(
                4_096, WAITING_MAX, 1 << 20, (long) (OBJECTIVE_SECONDS * WAIT_SHARE * 1e9)));
    final BatchScheduler scheduler =
        new BatchScheduler(new BatchLimits(16, 256, 32), ledger, queue);
    final Map<Sequence, Double> firstToken = new HashMap<>();
    final List<Double> ttfts = new ArrayList<>();
    // promised seconds, and the seconds until all that waited then had started
    final List<double[]> promises = new ArrayList<>();
    final List<Pending> pendingPromises = new ArrayList<>();
    final double rate;
    final double until;
    double now;
    double nextArrival;
    long ids;
    int ended;
    int refused;
    long goodTokens;
    int longestLine;

    record Pending(double at, int promised, Sequence last) {}

    Run(long seed, double rate, double until) {
      this.random = new Random(seed);
      this.rate = rate;
      this.until = until;
    }

    Run finish() {
      while (now < until || !queue.isEmpty() || !scheduler.running().isEmpty()) {
        while (nextArrival <= now && nextArrival < until) {
          arrive();
          nextArrival += -Math.log(1 - random.nextDouble()) / rate;
        }
        StepPlan plan = scheduler.plan((long) (now * 1e9));
        if (plan.isEmpty()) {
          now = Math.max(now + 0.001, Math.min(nextArrival, until));
          continue;
        }
        now += 0.020 + 0.001 * plan.tokens();
        conclude(plan);
      }
      return this;
    }

    private void arrive() {
      int prompt = 16 + (int) Math.min(1_500, -Math.log(1 - random.nextDouble()) * 200);
      int tokens = 1 + (int) Math.min(1_000, -Math.log(1 - random.nextDouble()) * 100);
      int[] ids = random.ints(prompt, 0, 50_000).toArray();
      Sequence sequence =
          new Sequence(++this.ids, CacheScope.LOCAL, ids, tokens, false, (long) (now * 1e9));
      queue
          .offer(sequence)
          .ifPresent(
              rejection -> {
                refused++;
                if (rejection instanceof Rejection.QueueFull full && now > 60) {
                  Sequence last = queue.waiting().stream().reduce((a, b) -> b).orElseThrow();
                  pendingPromises.add(new Pending(now, full.retryAfterSeconds(), last));
                }
              });
      longestLine = Math.max(longestLine, queue.size());
    }

    private void conclude(StepPlan plan) {
      scheduler.ran(plan);
      pendingPromises.removeIf(
          p -> {
            boolean started =
                scheduler.running().contains(p.last) || firstToken.containsKey(p.last);
            if (started) {
              promises.add(new double[] {p.promised, now - p.at});
            }
            return started;
          });
      for (StepPlan.Work work : plan.work()) {
        Sequence sequence = work.sequence();
        if (!work.samples()) {
          continue;
        }
        sequence.append(1);
        double arrived = sequence.arrivedNanos() / 1e9;
        if (firstToken.putIfAbsent(sequence, now) == null) {
          ttfts.add(now - arrived);
        }
        if (sequence.made() == sequence.tokensMax()) {
          scheduler.retire(sequence);
          ended += now <= until ? 1 : 0;
          if (firstToken.get(sequence) - arrived <= OBJECTIVE_SECONDS && now <= until) {
            goodTokens += sequence.made();
          }
        }
      }
    }

    double goodput() {
      return goodTokens / until;
    }

    double ttft(double quantile) {
      Collections.sort(ttfts);
      return ttfts.get((int) (quantile * (ttfts.size() - 1)));
    }
  }
}
