package dev.tangram.lab.fleet;

import dev.tangram.fleet.cost.WeightType;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelCatalogue;
import dev.tangram.fleet.model.ModelShape;
import dev.tangram.fleet.plan.Demand;
import dev.tangram.fleet.plan.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Demands of many models of the catalogue, drawn from a seed: most rarely asked for, a few often.
 */
final class ManyModels {
  private static final long WEIGHTS_LEAST = 500_000_000L;
  private static final long WEIGHTS_OF_LARGE = 60_000_000_000L;

  private ManyModels() {}

  static List<Demand> demands(int count, long seed) {
    Random random = new Random(seed);
    List<ModelShape> models =
        ModelCatalogue.shipped().models().stream()
            .filter(model -> model.totalWeights() > WEIGHTS_LEAST)
            .toList();
    List<Tenant> tenants =
        List.of(
            new Tenant("domestic", Set.of("CN"), Set.of()),
            new Tenant("no biren", Set.of(), Set.of("biren")),
            new Tenant("any", Set.of(), Set.of()));
    List<Demand> demands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ModelShape model = models.get(random.nextInt(models.size()));
      double billions = model.activeWeights() / 1e9;
      double rate = Math.exp(random.nextGaussian() * 1.5) * 60 / Math.max(1, billions);
      int rooms = random.nextInt(4) == 0 ? 2 : 1;
      demands.add(
          new Demand(
              "m" + i,
              tenants.get(random.nextInt(tenants.size())),
              model,
              model.totalWeights() > WEIGHTS_OF_LARGE ? WeightType.INT4 : WeightType.BF16,
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
