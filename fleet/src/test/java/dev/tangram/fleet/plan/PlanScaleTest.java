package dev.tangram.fleet.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.fleet.cost.WeightType;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelShape;
import dev.tangram.fleet.plan.Outcome.Planned;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** 200 models on the hall: the goal is 5 s with 1 % proven. */
class PlanScaleTest {
  private static final int MODELS = 200;
  private static final long SEED = 20251116;

  @Test
  void twoHundredModelsOnTheHall() throws Exception {
    Fleet hall = Halls.fleet(Halls.EXAMPLE.resolve("fleet-with-h20.yaml"));
    List<Demand> demands = demands(new Random(SEED));
    Menus menus = new Menus(Halls.calibration(hall), PlanBy.LOWER);
    Planner planner = new Planner(menus, Planner.Goal.PRICE, Halls.GAP, Halls.MILLIS_MAX);

    long begun = System.nanoTime();
    demands.forEach(demand -> menus.of(hall, demand));
    double forecasts = (System.nanoTime() - begun) / 1e9;
    Outcome outcome = planner.plan(hall, demands);
    double seconds = (System.nanoTime() - begun) / 1e9;

    assertThat(outcome).isInstanceOf(Planned.class);
    Plan plan = ((Planned) outcome).plan();
    System.out.printf(
        "%d models (seed %d), %d choices, %d of %d chips: %.2f s, of them"
            + " %.2f s forecasts; proven gap %.3f %%%n",
        MODELS,
        SEED,
        plan.menus().stream().mapToInt(menu -> menu.choices().size()).sum(),
        plan.chipsUsed(),
        hall.chips(),
        seconds,
        forecasts,
        100 * plan.gap());
    HallTest.check(plan);
  }

  /** Most are asked for rarely, a few often. */
  private static List<Demand> demands(Random random) {
    List<ModelShape> models =
        Halls.models().models().stream()
            .filter(model -> model.totalWeights() > 500_000_000L)
            .toList();
    List<Tenant> tenants =
        List.of(
            new Tenant("domestic", Set.of("CN"), Set.of()),
            new Tenant("no biren", Set.of(), Set.of("biren")),
            new Tenant("any", Set.of(), Set.of()));
    List<Demand> demands = new ArrayList<>();
    for (int i = 0; i < MODELS; i++) {
      ModelShape model = models.get(random.nextInt(models.size()));
      double billions = model.activeWeights() / 1e9;
      double rate = Math.exp(random.nextGaussian() * 1.5) * 60 / Math.max(1, billions);
      int rooms = random.nextInt(4) == 0 ? 2 : 1;
      demands.add(
          new Demand(
              "m" + i,
              tenants.get(random.nextInt(tenants.size())),
              model,
              model.totalWeights() > 60_000_000_000L ? WeightType.INT4 : WeightType.BF16,
              KvType.FP16,
              rate,
              200 + random.nextInt(3000),
              50 + random.nextInt(800),
              30_000,
              400,
              0.8,
              rooms,
              rooms));
    }
    return demands;
  }
}
