package dev.tangram.engine.encoder;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.json.JsonFiles;
import dev.tangram.engine.file.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The numbers of an encoder, read from its folder and held against each other.
 *
 * @param width D; heads H; feedForward F; vocabulary V
 * @param positions rows of the table of positions
 * @param lengthMax tokens of one text, special ones included; at most {@code positions}
 * @param eps added to the variance of a layer norm
 */
public record EncoderConfig(
    String name,
    int layers,
    int width,
    int heads,
    int feedForward,
    int vocabulary,
    int positions,
    int tokenTypes,
    int lengthMax,
    float eps,
    Pooling pooling,
    boolean normalises) {
  private static final String FILE = "config.json";
  private static final long BYTES_MAX = 1 << 20;

  /** Whether a path is the folder of a model that this package runs. */
  public static boolean describes(Path path) {
    Path file = path.resolve(FILE);
    if (!Files.isDirectory(path) || !Files.isRegularFile(file)) {
      return false;
    }
    JsonObject json = JsonObject.parse(JsonFiles.read(file, BYTES_MAX), file.toString());
    return json.value("model_type") instanceof String type && type.equals("bert");
  }

  /**
   * Reads and checks the folder's small files.
   *
   * @throws ModelFormatException if a number is missing or absurd, or the model is of a kind that
   *     is computed in another way
   */
  public static EncoderConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    JsonObject json = JsonObject.parse(JsonFiles.read(file, BYTES_MAX), file.toString());
    require(json, "model_type", "bert", null);
    require(json, "hidden_act", "gelu", "gelu");
    require(json, "position_embedding_type", "absolute", "absolute");
    int width = json.integer("hidden_size", 1, 1 << 14);
    int heads = json.integer("num_attention_heads", 1, 1 << 10);
    if (width % heads != 0) {
      throw json.wrong("num_attention_heads", "a divisor of hidden_size " + width);
    }
    int positions = json.integer("max_position_embeddings", 1, 1 << 16);
    // Without modules.json sentence-transformers takes the mean; we keep to length 1 besides.
    SentenceModules modules =
        SentenceModules.read(folder)
            .orElse(new SentenceModules(Pooling.MEAN, true, Integer.MAX_VALUE));
    return new EncoderConfig(
        folder.getFileName().toString(),
        json.integer("num_hidden_layers", 1, 256),
        width,
        heads,
        json.integer("intermediate_size", 1, 1 << 16),
        json.integer("vocab_size", 1, 1 << 20),
        positions,
        json.integer("type_vocab_size", 1, 1 << 10),
        Math.min(positions, modules.lengthMax()),
        (float) json.number("layer_norm_eps", 1e-30, 1),
        modules.pooling(),
        modules.normalises());
  }

  private static void require(JsonObject json, String name, String allowed, String otherwise) {
    String found = json.string(name).orElse(otherwise);
    if (!allowed.equals(found)) {
      throw json.wrong(name, "\"" + allowed + "\"");
    }
  }

  /** S. */
  public int headSize() {
    return width / heads;
  }
}
