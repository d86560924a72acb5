package dev.tangram.fleet.cost;

import dev.tangram.fleet.chip.Chip;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelShape;

/**
 * One model, run by one engine on some chips of one kind.
 *
 * @param engine as measurements name it, with whatever else decides its speed (version, graph mode)
 */
public record Replica(
    ModelShape model,
    Chip chip,
    String engine,
    Parallelism parallelism,
    WeightType weights,
    KvType kv) {}
