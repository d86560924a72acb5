package dev.tangram.fleet.plan;

import dev.tangram.fleet.cost.WeightType;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelShape;

/**
 * One model for one tenant: its traffic and what its readers expect.
 *
 * @param requestsPerSecond in the mean, greater than 0
 * @param promptTokens of a request, in the mean; 1 or more
 * @param outputTokens likewise
 * @param ttftMillis mean time to the first token, waiting included
 * @param tpotMillis mean time from one token to the next
 * @param utilisation share of a replica's rate that is planned for; the rest absorbs bursts
 * @param replicasMin whole replicas, whatever the traffic
 * @param roomsMin rooms that each have a replica
 */
public record Demand(
    String name,
    Tenant tenant,
    ModelShape model,
    WeightType weights,
    KvType kv,
    double requestsPerSecond,
    double promptTokens,
    double outputTokens,
    double ttftMillis,
    double tpotMillis,
    double utilisation,
    int replicasMin,
    int roomsMin) {}
