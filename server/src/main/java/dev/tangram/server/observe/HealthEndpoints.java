package dev.tangram.server.observe;

import dev.tangram.server.http.Exchange;
import dev.tangram.server.http.Role;
import dev.tangram.server.http.Route;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The words that probes ask for. */
public final class HealthEndpoints {
  private final BooleanSupplier loading;
  private final BooleanSupplier draining;
  private final Metrics metrics;
  private final String version;

  /**
   * @param loading true until the models of the start are open
   * @param draining true once the server takes no new requests
   */
  public HealthEndpoints(
      BooleanSupplier loading, BooleanSupplier draining, Metrics metrics, String version) {
    this.loading = loading;
    this.draining = draining;
    this.metrics = metrics;
    this.version = version;
  }

  public List<Route> routes() {
    return List.of(
        new Route("GET", "/health", Role.PUBLIC, this::health),
        new Route("GET", "/ready", Role.PUBLIC, this::ready),
        new Route("GET", "/metrics", Role.CLIENT, this::scrape),
        new Route("GET", "/version", Role.CLIENT, this::version));
  }

  /** Alive, and past its start: what vLLM and llama-server mean by it. */
  private void health(Exchange exchange) {
    if (loading.getAsBoolean()) {
      word(exchange, 503, "loading");
    } else {
      word(exchange, 200, "ok");
    }
  }

  /** Takes new requests. */
  private void ready(Exchange exchange) {
    if (draining.getAsBoolean()) {
      word(exchange, 503, "draining");
    } else {
      health(exchange);
    }
  }

  private static void word(Exchange exchange, int status, String word) {
    if (status == 503) {
      exchange.setHeader("retry-after", "1");
    }
    exchange.sendText(status, word);
  }

  private void scrape(Exchange exchange) {
    exchange.send(
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        metrics.scrape().getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private void version(Exchange exchange) {
    exchange.sendJson(
        200,
        com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
            .objectNode()
            .put("version", version));
  }
}
