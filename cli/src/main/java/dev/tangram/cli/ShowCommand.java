package dev.tangram.cli;

import dev.tangram.cli.text.HumanSize;
import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.encoder.EncoderConfig;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.server.store.ModelStore;
import dev.tangram.server.store.StoredModel;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tangram show MODEL}. */
@Command(name = "show", description = "Tell what a model is.")
final class ShowCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "MODEL",
      description = "A model on this machine, ./file.gguf or ./folder.")
  private String model;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ShowCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    ModelStore store = surroundings.store();
    StoredModel stored = store.resolve(ModelNames.parse(model));
    Map<String, Object> facts = facts(stored);
    store.packedBytes(stored).ifPresent(bytes -> facts.put("packed_copy", bytes));
    surroundings.screen().out().print(json ? JsonText.write(facts) : text(facts));
    return 0;
  }

  private static Map<String, Object> facts(StoredModel stored) {
    if (EncoderConfig.describes(stored.file())) {
      return ModelFacts.encoder(stored, EncoderConfig.read(stored.file()));
    }
    try (ModelFile file = ModelFiles.open(stored.file())) {
      return ModelFacts.of(stored, file);
    }
  }

  static String text(Map<String, Object> facts) {
    StringBuilder text = new StringBuilder();
    line(text, "model", facts.get("name"));
    line(text, "title", facts.get("title"));
    line(text, "architecture", facts.get("architecture"));
    line(text, "parameters", HumanSize.parameters((Long) facts.get("parameters")));
    line(text, "context length", facts.get("context_length"));
    line(text, "embedding length", facts.get("embedding_length"));
    line(text, "quantization", facts.get("quantization"));
    line(text, "size", HumanSize.of((Long) facts.get("size")));
    if (facts.get("packed_copy") instanceof Long bytes) {
      line(text, "packed copy", HumanSize.of(bytes));
    }
    line(text, "pooling", facts.get("pooling"));
    line(text, "chat template", (Boolean) facts.get("chat_template") ? "yes" : "no");
    line(text, "license", facts.get("license") + " " + facts.get("license_url"));
    line(text, "source", facts.get("source"));
    line(text, "digest", facts.get("digest"));
    line(text, "file", facts.get("file"));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, Object value) {
    String shown = value == null ? "" : value.toString().strip();
    if (!shown.isEmpty()) {
      text.append("  %-18s%s%n".formatted(name, shown));
    }
  }
}
