package dev.tangram.server.observe;

import dev.tangram.engine.Usage;
import dev.tangram.schedule.FinishReason;

/**
 * What one generation cost; there is exactly one for each that was admitted, however it ended.
 *
 * @param requestId of the request; a request with {@code n = 3} has three records
 * @param choice index of the generation within its request
 * @param reason CANCELLED if the client left, or its time was over
 */
public record UsageRecord(
    String requestId, String model, int choice, FinishReason reason, Usage usage) {}
