package dev.tangram.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** A model that a server has open. */
public record OpenModel(
    String name,
    long memoryBytes,
    int contextLength,
    String quantization,
    Instant loadedAt,
    int running,
    int waiting,
    double kvCacheUsage) {

  static OpenModel of(JsonNode json) {
    return new OpenModel(
        json.path("name").asText(),
        json.path("memory_bytes").asLong(),
        json.path("context_length").asInt(),
        json.path("quantization").asText(),
        instant(json.path("loaded_at").asText()),
        json.path("running").asInt(),
        json.path("waiting").asInt(),
        json.path("kv_cache_usage").asDouble());
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }
}
