package dev.tangram.server;

import dev.tangram.server.http.Json;
import dev.tangram.server.openai.RequestLimits;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * Every setting and bound as text, one {@code name = value} a line; a test freezes the defaults.
 */
public final class ConfigText {
  private final StringJoiner lines = new StringJoiner("\n", "", "\n");

  private ConfigText() {}

  /** Keys are not printed, only whether there is one. */
  public static String of(ServerOptions options) {
    var text = new ConfigText();
    text.listener(options);
    text.http(options);
    text.requests();
    text.hosting(options);
    text.engine(options);
    return text.lines.toString();
  }

  private void listener(ServerOptions options) {
    line("host", options.host());
    line("port", options.port());
    line("public_bind", options.publicBind());
    line("api_key", options.apiKey().isPresent() ? "set" : "none");
    line("allowed_hosts", String.join(",", new TreeSet<>(options.allowedHosts())));
    line("models", String.join(",", options.models()));
    line("stop_grace_ms", options.grace().toMillis());
  }

  private void http(ServerOptions options) {
    var http = options.http();
    line("head_bytes_max", http.headBytesMax());
    line("body_bytes_max", http.bodyBytesMax());
    line("body_pieces_max", http.bodyPiecesMax());
    line("connections_max", http.connectionsMax());
    line("head_deadline_ms", http.headDeadline().toMillis());
    line("body_deadline_ms", http.bodyDeadline().toMillis());
    line("keep_alive_ms", http.keepAlive().toMillis());
    line("write_stall_ms", http.writeStall().toMillis());
    line("request_deadline_ms", http.requestDeadline().toMillis());
    line("heartbeat_ms", http.heartbeat().toMillis());
  }

  private void requests() {
    line("json_depth_max", Json.DEPTH_MAX);
    RequestLimits.all().forEach(this::line);
  }

  private void hosting(ServerOptions options) {
    line("models_open_max", options.hosting().modelsMax());
    line("models_memory_bytes_max", orAuto(options.hosting().memoryBytesMax()));
    line("model_load_wait_ms", options.hosting().loadWait().toMillis());
  }

  private void engine(ServerOptions options) {
    var engine = options.engine();
    line("context_length", orAuto(engine.contextLength()));
    line("kv_cache_bytes", orAuto(engine.kvCacheBytes()));
    line("kv_cache_type", engine.kvType().word());
    line("threads", orAuto(engine.threads()));
    line("kernels", engine.kernels());
    line("sequences_max", engine.sequencesMax() == 0 ? 16 : engine.sequencesMax());
    line("step_tokens_max", engine.stepTokensMax() == 0 ? 256 : engine.stepTokensMax());
    line("packed_copies_bytes_max", engine.packedCopies().bytesMax());
    line("speculative", engine.speculation().method().word());
    line("num_speculative_tokens", engine.speculation().tokensMax());
    line("prompt_lookup_max", engine.speculation().lookupMax());
    line("prompt_lookup_min", engine.speculation().lookupMin());
    line("waiting_max", engine.waitingMax() == 0 ? 256 : engine.waitingMax());
  }

  private static Object orAuto(long value) {
    return value == 0 ? "auto" : value;
  }

  private void line(String name, Object value) {
    lines.add(name + " = " + value);
  }
}
