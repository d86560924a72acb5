package dev.tangram.engine.encoder;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.json.JsonFiles;
import dev.tangram.engine.file.json.JsonObject;
import dev.tangram.engine.file.json.JsonReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What sentence-transformers wrote beside a checkpoint: how token vectors are pooled and how long a
 * text may be.
 *
 * @param normalises whether the vector is brought to length 1
 * @param lengthMax tokens of a text, special ones included; {@link Integer#MAX_VALUE} if not said
 */
public record SentenceModules(Pooling pooling, boolean normalises, int lengthMax) {
  private static final long BYTES_MAX = 1 << 20;
  private static final String MODULES = "modules.json";
  private static final String PATH = "[A-Za-z0-9_][A-Za-z0-9._-]*";

  /** Reads them; empty if the folder has no {@code modules.json}. */
  public static Optional<SentenceModules> read(Path folder) {
    Path file = folder.resolve(MODULES);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Pooling pooling = null;
    boolean normalises = false;
    for (JsonObject module : modules(file)) {
      String type = module.string("type").orElse("");
      switch (type.substring(type.lastIndexOf('.') + 1)) {
        case "Transformer" -> {}
        case "Pooling" -> pooling = pooling(folder, module);
        case "Normalize" -> normalises = true;
        default -> throw module.wrong("type", "Transformer, Pooling or Normalize");
      }
    }
    if (pooling == null) {
      throw new ModelFormatException(file.toString(), "modules", "no Pooling", "one");
    }
    return Optional.of(new SentenceModules(pooling, normalises, lengthMax(folder)));
  }

  private static List<JsonObject> modules(Path file) {
    JsonReader in = new JsonReader(JsonFiles.read(file, BYTES_MAX), file.toString(), 0);
    List<JsonObject> modules = new ArrayList<>();
    in.beginArray();
    while (in.hasNext()) {
      modules.add(JsonObject.read(in, "[" + modules.size() + "]"));
    }
    in.end();
    return modules;
  }

  private static Pooling pooling(Path folder, JsonObject module) {
    String path = module.string("path").orElse("");
    if (!path.matches(PATH)) {
      throw module.wrong("path", "the name of a folder beside " + MODULES);
    }
    Path file = folder.resolve(path).resolve("config.json");
    JsonObject config = JsonObject.parse(JsonFiles.read(file, BYTES_MAX), file.toString());
    List<String> on =
        config.names().stream()
            .filter(n -> n.startsWith("pooling_mode_") && config.flag(n, false))
            .map(n -> n.substring("pooling_mode_".length()))
            .toList();
    for (Pooling pooling : Pooling.values()) {
      if (on.equals(List.of(pooling.word()))) {
        return pooling;
      }
    }
    throw new ModelFormatException(
        file.toString(),
        "pooling_mode",
        on.isEmpty() ? "nothing" : String.join(" and ", on),
        "one of mean_tokens, cls_token, lasttoken");
  }

  private static int lengthMax(Path folder) {
    Path file = folder.resolve("sentence_bert_config.json");
    return Files.exists(file)
        ? JsonObject.parse(JsonFiles.read(file, BYTES_MAX), file.toString())
            .integer("max_seq_length", 1, Integer.MAX_VALUE, Integer.MAX_VALUE)
        : Integer.MAX_VALUE;
  }
}
