package dev.tangram.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;

/** A tiny model with the logits that transformers gives for it. */
public record Golden(
    Path file,
    int[] ids,
    Map<Integer, float[]> logits,
    int[] argmax,
    int[] greedyPrompt,
    int[] greedyTokens,
    float[] greedyMargins) {
  public static final String[] NAMES = {
    "qwen2",
    "qwen2-tied",
    "qwen3",
    "qwen3-yarn",
    "gemma3",
    "llama3",
    "qwen3moe",
    "qwen3next",
    "qwen3next-yarn",
    "qwen35",
    "qwen35moe"
  };

  /**
   * How far logits may be from the reference's. A hybrid's gated norm amplifies what f32 rounds in
   * the reference where a head's output is near zero.
   */
  static float tolerance(String name) {
    return name.startsWith("qwen3next") || name.startsWith("qwen35") ? 1e-4f : 2e-5f;
  }

  public static Golden load(String name) {
    try {
      URL folder = Golden.class.getResource("/golden/" + name + "/expected.json");
      JsonNode json;
      try (InputStream in = folder.openStream()) {
        json = new ObjectMapper().readTree(in);
      }
      int[] ids = ints(json.get("input_ids"));
      return new Golden(
          Path.of(folder.toURI()).resolveSibling("model.gguf"),
          ids,
          Map.of(
              0,
              floats(json.get("logits_pos0")),
              63,
              floats(json.get("logits_pos63")),
              64,
              floats(json.get("logits_pos64")),
              ids.length - 1,
              floats(json.get("logits_last"))),
          ints(json.get("logits_argmax")),
          ints(json.get("greedy_prompt")),
          ints(json.get("greedy_tokens")),
          floats(json.get("greedy_margins")));
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("golden model " + name, e);
    }
  }

  /** A model of which only the file is wanted. */
  public static Golden ofFile(String name) {
    return new Golden(
        file(name), new int[0], Map.of(), new int[0], new int[0], new int[0], new float[0]);
  }

  /** The model's file alone; those with an MTP head have other expectations. */
  static Path file(String name) {
    try {
      return Path.of(Golden.class.getResource("/golden/" + name + "/model.gguf").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("golden model " + name, e);
    }
  }

  static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }
}
