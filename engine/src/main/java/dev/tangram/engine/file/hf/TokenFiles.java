package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.MetadataBuilder;
import dev.tangram.engine.file.json.JsonFiles;
import dev.tangram.engine.file.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Presents a folder's tokenizer and chat template under GGUF's keys. */
final class TokenFiles {
  static final String TOKENIZER = "tokenizer.json";
  static final String SETTINGS = "tokenizer_config.json";
  static final String GENERATION = "generation_config.json";
  static final String TEMPLATE = "chat_template.jinja";

  /** Gemma's, the largest in use, has 33 MB. */
  private static final int TOKENIZER_BYTES_MAX = 128 << 20;

  private static final int SETTINGS_BYTES_MAX = 16 << 20;
  private static final int TEMPLATE_BYTES_MAX = 64 << 10;

  private TokenFiles() {}

  /**
   * Writes what the files say; a folder without a tokenizer runs on ids alone.
   *
   * @param rows of the embedding
   */
  static void write(MetadataBuilder out, Path folder, Config config, int rows) {
    JsonObject settings = optional(folder.resolve(SETTINGS));
    Path path = folder.resolve(TOKENIZER);
    if (Files.exists(path)) {
      TokenizerJson json =
          TokenizerJson.read(JsonFiles.read(path, TOKENIZER_BYTES_MAX), path.toString());
      write(out, json, settings, optional(folder.resolve(GENERATION)), config, rows);
    }
    template(out, folder.resolve(TEMPLATE), settings);
  }

  static void write(
      MetadataBuilder out,
      TokenizerJson json,
      JsonObject settings,
      JsonObject generation,
      Config config,
      int rows) {
    TokenTable table = new TokenTable(json, TokenRules.of(json), rows);
    table.write(out);
    new TokenRoles(json, table, settings, generation, config).write(out);
  }

  private static JsonObject optional(Path path) {
    return Files.exists(path)
        ? JsonObject.parse(JsonFiles.read(path, SETTINGS_BYTES_MAX), path.toString())
        : JsonObject.empty(path.toString());
  }

  private static void template(MetadataBuilder out, Path file, JsonObject settings) {
    if (Files.exists(file)) {
      out.string("tokenizer.chat_template", text(file));
      return;
    }
    Object value = settings.value("chat_template");
    // Several by name: the one that transformers takes if asked for none.
    if (value instanceof List<?> named) {
      value =
          named.stream()
              .filter(JsonObject.class::isInstance)
              .map(JsonObject.class::cast)
              .filter(each -> each.string("name").orElse("").equals("default"))
              .findFirst()
              .flatMap(each -> each.string("template"))
              .orElse(null);
    }
    if (value == null) {
      return;
    }
    if (!(value instanceof String source)) {
      throw settings.wrong("chat_template", "a string, or an array with one named \"default\"");
    }
    int bytes = source.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > TEMPLATE_BYTES_MAX) {
      throw new ModelFormatException(
          settings.file(), "chat_template", bytes + " bytes", "at most " + TEMPLATE_BYTES_MAX);
    }
    out.string("tokenizer.chat_template", source);
  }

  private static String text(Path file) {
    byte[] bytes = JsonFiles.read(file, TEMPLATE_BYTES_MAX);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(file.toString(), "text", "bytes that are not UTF-8", "UTF-8");
    }
  }
}
