package dev.tangram.lab.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What transformers computes with one model's dequantised weights.
 *
 * @param fileBytes size of the GGUF file that the figures belong to
 */
record Expectation(String model, long fileBytes, Likelihood likelihood, List<Case> cases) {
  static final List<String> MODELS =
      List.of("smollm2-135m", "gemma3-270m-base", "qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b");

  /**
   * Mean negative log-likelihood of a text's first tokens.
   *
   * @param at single values in nats; entry i is that of token i + 1
   */
  record Likelihood(
      int tokens, int[] firstIds, int[] lastIds, double mean, TreeMap<Integer, Double> at) {}

  /**
   * A prompt.
   *
   * @param argmax at each position of the prompt
   * @param top the eight highest logits after the prompt
   * @param greedy the tokens that follow, with the margins between the best two
   */
  record Case(String id, int[] ids, int[] argmax, List<Top> top, int[] greedy, double[] margins) {}

  record Top(int id, double logit) {}

  static Expectation of(String model) throws IOException {
    JsonNode json;
    try (InputStream in = resource(model + ".json")) {
      json = new ObjectMapper().readTree(in);
    }
    List<Case> cases = new ArrayList<>();
    for (JsonNode node : json.required("cases")) {
      List<Top> top = new ArrayList<>();
      node.required("top8")
          .forEach(pair -> top.add(new Top(pair.get(0).asInt(), pair.get(1).asDouble())));
      cases.add(
          new Case(
              node.required("id").asText(),
              ints(node.required("ids")),
              ints(node.required("argmax")),
              top,
              ints(node.required("greedy")),
              doubles(node.required("margin"))));
    }
    return new Expectation(
        model,
        json.required("file_bytes").asLong(),
        likelihood(json.required("perplexity")),
        cases);
  }

  private static Likelihood likelihood(JsonNode node) {
    TreeMap<Integer, Double> at = new TreeMap<>();
    node.required("nll_at")
        .properties()
        .forEach(e -> at.put(Integer.valueOf(e.getKey()), e.getValue().asDouble()));
    return new Likelihood(
        node.required("tokens").asInt(),
        ints(node.required("first_ids")),
        ints(node.required("last_ids")),
        node.required("mean_nll").asDouble(),
        at);
  }

  /** The text of {@link Likelihood}. */
  static String text() throws IOException {
    try (InputStream in = resource("alice-1.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = Expectation.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException("no reference " + name + "; there are " + MODELS);
    }
    return in;
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble();
    }
    return values;
  }
}
