package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.Show;
import dev.tangram.engine.file.json.JsonObject;
import dev.tangram.engine.file.json.JsonReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A tokenizer.json as it stands: the vocabulary by id, the merges, and the steps around them. Read
 * in one pass; only what is small is held as a tree.
 */
final class TokenizerJson {
  static final int TOKENS_MAX = 1_000_000;
  static final int MERGES_MAX = 2_000_000;
  private static final int ADDED_MAX = 1 << 16;
  private static final String VOCABULARY = "model.vocab";

  /** A token that is found in the text as a whole. */
  record Added(int id, String content, boolean special) {}

  private final String file;
  private String[] vocabulary = new String[0];
  private int vocabularyEnd;
  private List<String> merges;
  private final List<Added> added = new ArrayList<>();
  private JsonObject model;
  private JsonObject steps;

  private TokenizerJson(String file) {
    this.file = file;
  }

  /** Reads a whole file. */
  static TokenizerJson read(byte[] bytes, String file) {
    TokenizerJson json = new TokenizerJson(file);
    JsonReader in = new JsonReader(bytes, file, 0);
    Map<String, Object> small = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    in.beginObject();
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      if (!seen.add(name)) {
        throw json.bad(Show.quoted(name), "a second member", "each name once");
      }
      switch (name) {
        case "model" -> json.model(in);
        case "added_tokens" -> json.added(in);
        case "normalizer", "pre_tokenizer", "post_processor", "decoder" ->
            small.put(name, JsonObject.value(in, name));
        default -> in.skip();
      }
    }
    in.end();
    if (json.model == null) {
      throw json.bad("model", "nothing", "an object");
    }
    json.steps = JsonObject.of(file, "", small);
    return json;
  }

  private void model(JsonReader in) {
    Map<String, Object> small = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    in.beginObject();
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      if (!seen.add(name)) {
        throw bad("model." + Show.quoted(name), "a second member", "each name once");
      }
      switch (name) {
        case "vocab" -> vocabulary(in);
        case "merges" -> merges(in);
        default -> small.put(name, JsonObject.value(in, "model." + Show.quoted(name)));
      }
    }
    model = JsonObject.of(file, "model", small);
  }

  private void vocabulary(JsonReader in) {
    if (in.peek() != JsonReader.Kind.OBJECT) {
      // A list of pieces and scores: of a type that is refused by its name later.
      in.skip();
      return;
    }
    in.beginObject();
    for (String piece = in.nextName(); piece != null; piece = in.nextName()) {
      long id = in.integer(VOCABULARY);
      put(VOCABULARY, id, piece);
    }
  }

  private void put(String field, long id, String piece) {
    if (id < 0 || id >= TOKENS_MAX) {
      throw bad(
          field, "id %d for %s".formatted(id, Show.quoted(piece)), "0 to " + (TOKENS_MAX - 1));
    }
    int at = (int) id;
    if (at >= vocabulary.length) {
      vocabulary = Arrays.copyOf(vocabulary, Math.min(TOKENS_MAX, Math.max(at + 1, 2 * at)));
    }
    if (vocabulary[at] != null && !vocabulary[at].equals(piece)) {
      throw bad(
          field,
          "id %d for %s and for %s".formatted(id, Show.quoted(vocabulary[at]), Show.quoted(piece)),
          "each id for one token");
    }
    vocabulary[at] = piece;
    if (field.equals(VOCABULARY)) {
      vocabularyEnd = Math.max(vocabularyEnd, at + 1);
    }
  }

  /** Each as "left right", whether written so or as a pair. */
  private void merges(JsonReader in) {
    merges = new ArrayList<>();
    in.beginArray();
    while (in.hasNext()) {
      if (merges.size() == MERGES_MAX) {
        throw bad("model.merges", "more merges", "at most " + MERGES_MAX);
      }
      String merge = in.peek() == JsonReader.Kind.ARRAY ? pair(in) : in.string();
      int space = merge.indexOf(' ');
      if (space < 1 || space == merge.length() - 1 || merge.indexOf(' ', space + 1) >= 0) {
        throw badMerge(merge);
      }
      merges.add(merge);
    }
  }

  private String pair(JsonReader in) {
    List<String> two = new ArrayList<>(2);
    in.beginArray();
    while (in.hasNext()) {
      if (two.size() == 2) {
        throw badMerge(two + " and more");
      }
      two.add(in.string());
    }
    return String.join(" ", two);
  }

  private ModelFormatException badMerge(String merge) {
    return bad(
        "model.merges[%d]".formatted(merges.size()),
        Show.quoted(merge),
        "two tokens without spaces in them");
  }

  private void added(JsonReader in) {
    if (in.peek() == JsonReader.Kind.NULL) {
      in.nothing();
      return;
    }
    in.beginArray();
    while (in.hasNext()) {
      String path = "added_tokens[%d]".formatted(added.size());
      if (added.size() == ADDED_MAX) {
        throw bad(path, "more tokens", "at most " + ADDED_MAX);
      }
      JsonObject token = JsonObject.read(in, path);
      for (String rule : List.of("single_word", "lstrip", "rstrip")) {
        if (token.flag(rule, false)) {
          throw token.wrong(rule, "false");
        }
      }
      added.add(
          new Added(
              token.integer("id", 0, TOKENS_MAX - 1),
              token.string("content").orElseThrow(() -> token.wrong("content", "a string")),
              token.flag("special", false)));
    }
  }

  /** Tokens by id, the added ones among them; null where an id has none. */
  String[] tokens() {
    for (Added token : added) {
      put("added_tokens", token.id(), token.content());
    }
    int end = vocabularyEnd;
    for (Added token : added) {
      end = Math.max(end, token.id() + 1);
    }
    return Arrays.copyOf(vocabulary, end);
  }

  /** One more than the largest id of the model's own vocabulary. */
  int vocabularyEnd() {
    return vocabularyEnd;
  }

  List<Added> added() {
    return added;
  }

  /** In order of rank; null if the model has none. */
  List<String> merges() {
    return merges;
  }

  /** The model's members but vocab and merges. */
  JsonObject model() {
    return model;
  }

  /** Normaliser, pre-tokenizer, post-processor or decoder. */
  Optional<JsonObject> step(String name) {
    return steps.object(name);
  }

  String file() {
    return file;
  }

  ModelFormatException bad(String field, String found, String allowed) {
    return new ModelFormatException(file, field, found, allowed);
  }
}
