package dev.tangram.fleet.plan;

import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Forecast;
import dev.tangram.fleet.cost.Forecast.Predicted;
import dev.tangram.fleet.cost.Load;
import dev.tangram.fleet.cost.Metric;
import dev.tangram.fleet.cost.Parallelism;
import dev.tangram.fleet.cost.Replica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * For each demand, pool and group of chips the largest batch that meets the objectives by the cost
 * model, and what it carries.
 *
 * <p>The time to the first token is that of a prompt alone, stretched by the prompts before it: by
 * {@code 1 / (1 - share of the time that prompts take)}, the wait of a line with random arrivals.
 *
 * <p>Threads: one at a time.
 */
public final class Menus {
  private static final double SEQUENCES_MAX = 4096;

  private final Calibration calibration;
  private final PlanBy by;
  private final Map<Key, Trial> known = new HashMap<>();

  /** Pools with the same chips, engine and groups forecast the same. */
  private record Key(
      Replica replica,
      double prompt,
      double output,
      double ttft,
      double tpot,
      double utilisation) {}

  public Menus(Calibration calibration, PlanBy by) {
    this.calibration = calibration;
    this.by = by;
  }

  public PlanBy by() {
    return by;
  }

  /** What the demand can run on under all its rules. */
  public Menu of(Fleet fleet, Demand demand) {
    return of(fleet, demand, _ -> true);
  }

  /** As if only some of the rules held; objectives that do not hold are without a limit. */
  Menu of(Fleet fleet, Demand demand, Predicate<Rule> holds) {
    double ttft = holds.test(new Rule.Ttft(demand)) ? demand.ttftMillis() : Double.MAX_VALUE;
    double tpot = holds.test(new Rule.Tpot(demand)) ? demand.tpotMillis() : Double.MAX_VALUE;
    boolean origins = holds.test(new Rule.Origins(demand.tenant()));
    boolean vendors = holds.test(new Rule.Vendors(demand.tenant()));
    List<Group> groups = new ArrayList<>();
    List<Refusal> refusals = new ArrayList<>();
    for (Pool pool : fleet.pools()) {
      if (origins && !demand.tenant().allowsOrigin(pool)) {
        refusals.add(new Refusal.Origin(pool, demand.tenant()));
      } else if (vendors && !demand.tenant().allowsVendor(pool)) {
        refusals.add(new Refusal.Vendor(pool, demand.tenant()));
      } else {
        onPool(demand, pool, ttft, tpot, groups).ifPresent(refusals::add);
      }
    }
    return new Menu(demand, groups, refusals);
  }

  /** Adds the pool's groups; if none is offered, returns the refusal of the best. */
  private Optional<Refusal> onPool(
      Demand demand, Pool pool, double ttft, double tpot, List<Group> groups) {
    Refusal nearest = null;
    List<Choice> met = new ArrayList<>();
    List<Group> refused = new ArrayList<>();
    for (Parallelism parallelism : parallelisms(demand, pool)) {
      Replica replica =
          new Replica(
              demand.model(),
              pool.chip(),
              pool.engine(),
              parallelism,
              demand.weights(),
              demand.kv());
      Key key =
          new Key(
              replica,
              demand.promptTokens(),
              demand.outputTokens(),
              ttft,
              tpot,
              demand.utilisation());
      Trial trial = known.get(key);
      if (trial == null) {
        trial = trial(key);
        known.put(key, trial);
      }
      switch (trial) {
        case Trial.Runs runs -> met.add(runs.choice(demand, pool, parallelism));
        case Trial.Fails fails -> {
          Refusal refusal = fails.refusal(pool, parallelism);
          refused.add(new Group.Refused(parallelism, refusal));
          nearest = nearer(nearest, refusal);
        }
      }
    }
    for (Choice choice : met) {
      groups.add(
          new Group.Met(choice, met.stream().filter(other -> beats(other, choice)).findFirst()));
    }
    groups.addAll(refused);
    return met.isEmpty() ? Optional.ofNullable(nearest) : Optional.empty();
  }

  /** On the chips of one, replicas of the other carry more: no plan needs the one. */
  private static boolean beats(Choice other, Choice one) {
    int times = one.chips() / other.chips();
    double rate = times * other.rate();
    boolean same = times == 1 && rate == one.rate() && one.chips() == other.chips();
    return !same && times >= 1 && rate >= one.rate();
  }

  private static List<Parallelism> parallelisms(Demand demand, Pool pool) {
    List<Parallelism> all = new ArrayList<>();
    for (int chips : pool.groups()) {
      all.add(Parallelism.tensor(chips));
      if (chips > 1 && demand.model().experts().isPresent()) {
        all.add(Parallelism.expert(chips));
      }
    }
    return all;
  }

  /**
   * A group that only was too slow is nearer than one that has no room; then the last one tried.
   */
  private static Refusal nearer(Refusal before, Refusal next) {
    if (before instanceof Refusal.TooSlow slow) {
      return next instanceof Refusal.TooSlow other && other.millis() < slow.millis() ? other : slow;
    }
    if (before instanceof Refusal.TooLarge large
        && next instanceof Refusal.TooLarge other
        && large.gigabytesNeeded() < other.gigabytesNeeded()) {
      return large;
    }
    return next;
  }

  private Trial trial(Key key) {
    Load all = new Load(Load.AS_MANY_AS_FIT, key.prompt(), key.output());
    Optional<Forecast> obstacle = Calibration.obstacle(key.replica(), all);
    if (obstacle.isPresent()) {
      return new Trial.Fails(obstacle.get(), "", 0, 0);
    }
    Predicted first = predicted(key, 1, Metric.TTFT_MILLIS);
    Trial.Runs one = runs(key, 1, first);
    if (one.ttft() > key.ttft()) {
      return new Trial.Fails(first, "TTFT", one.ttft(), key.ttft());
    }
    if (one.tpot() > key.tpot()) {
      return new Trial.Fails(first, "TPOT", one.tpot(), key.tpot());
    }
    Trial.Runs best = one;
    int low = 1;
    int high =
        (int) Math.min(SEQUENCES_MAX, predicted(key, SEQUENCES_MAX, Metric.TPOT_MILLIS).batch());
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      Trial.Runs tried = runs(key, middle, first);
      if (tried.tpot() <= key.tpot() && tried.ttft() <= key.ttft()) {
        low = middle;
        best = tried;
      } else {
        high = middle - 1;
      }
    }
    return best;
  }

  private Trial.Runs runs(Key key, int batch, Predicted first) {
    Predicted tpot = predicted(key, batch, Metric.TPOT_MILLIS);
    // Of the same steps, seen from the other side: batch / TPOT.
    double perSecond = 1000.0 * batch / key.output() * key.utilisation();
    double lower = perSecond / tpot.upper();
    double likely = perSecond / tpot.value();
    double prompts = Math.min(0.95, likely * first.value() / 1000);
    return new Trial.Runs(
        batch,
        perSecond / by.time(tpot),
        lower,
        likely,
        perSecond / tpot.lower(),
        by.time(first) / (1 - prompts),
        by.time(tpot),
        tpot.evidence());
  }

  private Predicted predicted(Key key, double batch, Metric metric) {
    return (Predicted)
        calibration.forecast(key.replica(), new Load(batch, key.prompt(), key.output()), metric);
  }
}
