package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.gguf.MetadataBuilder;
import dev.tangram.engine.file.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which tokens begin, end and pad: tokenizer_config.json names them, generation_config.json and
 * config.json number them, and the post-processor says whether one is put before a prompt.
 *
 * @param settings tokenizer_config.json
 * @param generation generation_config.json
 */
record TokenRoles(
    TokenizerJson json,
    TokenTable table,
    JsonObject settings,
    JsonObject generation,
    Config config) {
  /** All ends but the first, for which GGUF has no key. */
  static final String OTHER_ENDS = "tangram.tokenizer.end_token_ids";

  /** What the post-processor puts after a text: for embedding models not always their end. */
  static final String APPENDED = "tangram.tokenizer.appended_token_id";

  private static final String IDS = "tokenizer.ggml.";
  private static final int ENDS_MAX = 64;

  void write(MetadataBuilder out) {
    OptionalInt begin = role("bos");
    begin.ifPresent(id -> out.integer(IDS + "bos_token_id", id));
    Set<Integer> ends = new LinkedHashSet<>();
    named("eos_token").ifPresent(ends::add);
    ends.addAll(ids(generation, "eos_token_id"));
    if (ends.isEmpty()) {
      ends.addAll(configIds("eos_token_id"));
    }
    List<Integer> others = new ArrayList<>(ends);
    if (!others.isEmpty()) {
      out.integer(IDS + "eos_token_id", others.removeFirst());
    }
    if (!others.isEmpty()) {
      out.integers(OTHER_ENDS, others.stream().mapToInt(Integer::intValue).toArray());
    }
    role("pad").ifPresent(id -> out.integer(IDS + "padding_token_id", id));
    named("unk_token").ifPresent(id -> out.integer(IDS + "unknown_token_id", id));
    List<String> frame = frame();
    boolean first = !frame.isEmpty() && !frame.getFirst().isEmpty();
    boolean last = frame.size() > 1 && !frame.getLast().isEmpty();
    if (begin.isEmpty() && first) {
      begin = table.id(frame.getFirst());
      begin.ifPresent(id -> out.integer(IDS + "bos_token_id", id));
    }
    boolean wanted = settings.flag("add_bos_token", first);
    out.flag(IDS + "add_bos_token", wanted && begin.isPresent());
    out.flag(IDS + "add_eos_token", settings.flag("add_eos_token", last));
    if (last) {
      table.id(frame.getLast()).ifPresent(id -> out.integer(APPENDED, id));
    }
  }

  private OptionalInt role(String name) {
    OptionalInt named = named(name + "_token");
    if (named.isPresent()) {
      return named;
    }
    List<Integer> ids = ids(generation, name + "_token_id");
    if (ids.isEmpty()) {
      ids = configIds(name + "_token_id");
    }
    return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.getFirst());
  }

  /** By spelling: a string, or an object with the string. */
  private OptionalInt named(String name) {
    Object value = settings.value(name);
    if (value instanceof JsonObject object) {
      value = object.string("content").orElse(null);
    }
    if (value == null) {
      return OptionalInt.empty();
    }
    if (!(value instanceof String spelling)) {
      throw settings.wrong(name, "a token's spelling");
    }
    return table.id(spelling);
  }

  private List<Integer> configIds(String name) {
    List<Integer> inner = ids(config.text(), name);
    return inner.isEmpty() ? ids(config.root(), name) : inner;
  }

  /** A number or an array of them; those without a row are no tokens of this model. */
  private List<Integer> ids(JsonObject object, String name) {
    Object value = object.value(name);
    List<?> list =
        value instanceof List<?> many ? many : value == null ? List.of() : List.of(value);
    List<Integer> ids = new ArrayList<>();
    for (Object each : list) {
      if (!(each instanceof Long id) || id < 0 || list.size() > ENDS_MAX) {
        throw object.wrong(name, "a token's id, or an array of at most " + ENDS_MAX);
      }
      if (id < table.size()) {
        ids.add(id.intValue());
      }
    }
    return ids;
  }

  /**
   * What the post-processor puts around one text: the token before it and the one after, "" where
   * there is none; empty if it puts nothing.
   */
  private List<String> frame() {
    JsonObject step = json.step("post_processor").orElse(null);
    if (step == null) {
      return List.of();
    }
    List<Object> steps = List.of(step);
    if ("Sequence".equals(step.string("type").orElse(""))) {
      steps = step.list("processors").orElse(List.of());
    }
    List<String> frame = List.of();
    for (Object each : steps) {
      if (!(each instanceof JsonObject one)) {
        throw json.bad("post_processor", JsonObject.describe(each), "steps");
      }
      switch (one.string("type").orElse("")) {
        case "ByteLevel" -> {}
        case "TemplateProcessing" -> frame = template(one);
        default -> throw one.wrong("type", "ByteLevel or TemplateProcessing");
      }
    }
    return frame;
  }

  private List<String> template(JsonObject step) {
    String before = "";
    String after = "";
    boolean text = false;
    for (Object part : step.list("single").orElse(List.of())) {
      JsonObject token =
          part instanceof JsonObject o ? o.object("SpecialToken").orElse(null) : null;
      if (token == null) {
        text = true;
        continue;
      }
      String spelling = token.string("id").orElse("");
      boolean second = text ? !after.isEmpty() : !before.isEmpty();
      if (second || spelling.isEmpty()) {
        throw step.wrong("single", "at most one token before the text and one after it");
      }
      if (text) {
        after = spelling;
      } else {
        before = spelling;
      }
    }
    return List.of(before, after);
  }
}
