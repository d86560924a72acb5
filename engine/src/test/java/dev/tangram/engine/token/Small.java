package dev.tangram.engine.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The two small vocabularies of small.json, made by make_small.py. */
final class Small {
  static final List<String> RULES = List.of("qwen2", "qwen35", "llama-bpe", "smollm", "gpt-2");

  private static final JsonNode JSON = read();

  private Small() {}

  record Case(String text, int[] ids) {}

  static MapMetadata byteLevelMetadata(String pre) {
    Map<String, Object> pairs = pairs("gpt2", JSON.get("byte_level"));
    pairs.put("tokenizer.ggml.pre", pre);
    return new MapMetadata(pairs);
  }

  static MapMetadata sentencePieceMetadata() {
    Map<String, Object> pairs = pairs("llama", JSON.get("sentence_piece"));
    pairs.put("tokenizer.ggml.add_space_prefix", false);
    return new MapMetadata(pairs);
  }

  static Tokenizer byteLevel(String pre) {
    return of(byteLevelMetadata(pre));
  }

  static Tokenizer sentencePiece() {
    return of(sentencePieceMetadata());
  }

  static Tokenizer of(MapMetadata metadata) {
    return Tokenizers.of(metadata, MapMetadata.FILE).orElseThrow();
  }

  /** By rule name, or "sentence-piece". */
  static Tokenizer named(String name) {
    return name.equals("sentence-piece") ? sentencePiece() : byteLevel(name);
  }

  static List<Case> cases(String name) {
    JsonNode array =
        name.equals("sentence-piece")
            ? JSON.get("sentence_piece").get("cases")
            : JSON.get("byte_level").get("cases").get(name);
    List<Case> cases = new ArrayList<>();
    for (JsonNode each : array) {
      int[] ids = new int[each.get("ids").size()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = each.get("ids").get(i).asInt();
      }
      cases.add(new Case(each.get("text").asText(), ids));
    }
    return cases;
  }

  private static Map<String, Object> pairs(String model, JsonNode json) {
    Map<String, Object> pairs = new LinkedHashMap<>();
    pairs.put("tokenizer.ggml.model", model);
    for (String key : List.of("tokens", "token_type", "scores", "merges")) {
      if (json.has(key)) {
        List<Object> list = new ArrayList<>();
        for (JsonNode item : json.get(key)) {
          list.add(item.isTextual() ? item.asText() : (Object) item.numberValue());
        }
        pairs.put("tokenizer.ggml." + key, list);
      }
    }
    return pairs;
  }

  private static JsonNode read() {
    try (InputStream in = Small.class.getResourceAsStream("/token/small.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
