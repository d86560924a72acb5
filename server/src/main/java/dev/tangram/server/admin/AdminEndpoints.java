package dev.tangram.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.EngineStats;
import dev.tangram.engine.ModelCard;
import dev.tangram.server.host.LoadedModel;
import dev.tangram.server.host.ModelHost;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.Exchange;
import dev.tangram.server.http.Role;
import dev.tangram.server.http.Route;
import java.util.List;

/** What is open, and closing it. */
public final class AdminEndpoints {
  private final ModelHost host;

  public AdminEndpoints(ModelHost host) {
    this.host = host;
  }

  public List<Route> routes() {
    return List.of(
        new Route("GET", "/admin/v1/models", Role.ADMIN, this::list),
        new Route("DELETE", "/admin/v1/models/{name}", Role.ADMIN, this::unload));
  }

  private void list(Exchange exchange) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode models = body.putArray("models");
    host.loaded().forEach(model -> models.add(json(model)));
    exchange.sendJson(200, body);
  }

  private static ObjectNode json(LoadedModel model) {
    ModelCard card = model.engine().card();
    EngineStats stats = model.engine().stats();
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", model.name())
        .put("memory_bytes", model.memoryBytes())
        .put("context_length", card.contextLength())
        .put("quantization", card.quantization())
        .put("loaded_at", model.loadedAt().toString())
        .put("running", stats.running())
        .put("waiting", stats.waiting())
        .put("kv_cache_usage", stats.kvCacheUsage());
  }

  private void unload(Exchange exchange) {
    if (!host.unload(exchange.name())) {
      throw ApiException.modelNotFound("This model is not loaded.");
    }
    exchange.sendJson(200, JsonNodeFactory.instance.objectNode().put("unloaded", exchange.name()));
  }
}
