package dev.tangram.cli;

import dev.tangram.cli.admin.OpenModel;
import dev.tangram.cli.text.Ago;
import dev.tangram.cli.text.HumanSize;
import dev.tangram.cli.text.Table;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tangram ps}. */
@Command(name = "ps", description = "List the models that a running server has open.")
final class PsCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private ServerFlags server;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  PsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    List<OpenModel> models = server.client(surroundings.env()).list();
    surroundings
        .screen()
        .out()
        .print(
            json
                ? JsonText.write(models.stream().map(PsCommand::facts).toList())
                : table(models, Instant.now()));
    return 0;
  }

  static String table(List<OpenModel> models, Instant now) {
    Table table =
        new Table("NAME", "MEMORY", "CONTEXT", "RUNNING", "WAITING", "KV CACHE", "LOADED");
    for (OpenModel model : models) {
      table.row(
          model.name(),
          HumanSize.of(model.memoryBytes()),
          Integer.toString(model.contextLength()),
          Integer.toString(model.running()),
          Integer.toString(model.waiting()),
          String.format(Locale.ROOT, "%.0f%%", 100 * model.kvCacheUsage()),
          Ago.of(model.loadedAt(), now));
    }
    return table.render();
  }

  private static Map<String, Object> facts(OpenModel model) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", model.name());
    facts.put("memory_bytes", model.memoryBytes());
    facts.put("context_length", model.contextLength());
    facts.put("quantization", model.quantization());
    facts.put("running", model.running());
    facts.put("waiting", model.waiting());
    facts.put("kv_cache_usage", model.kvCacheUsage());
    facts.put("loaded_at", model.loadedAt().toString());
    return facts;
  }
}
