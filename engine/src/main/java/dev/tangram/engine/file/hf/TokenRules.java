package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Which of the engine's ways to cut text a tokenizer.json describes. Its steps are held against the
 * ones that are known word by word: a regular expression of a file is input and never run, and a
 * step passed over would give wrong ids without a word.
 *
 * @param sentencePiece whether characters merge (spaces shown as U+2581, bytes as fallback), and
 *     not bytes
 * @param name the rule's name in {@code tokenizer.ggml.pre}; "default" if sentencePiece
 */
record TokenRules(boolean sentencePiece, String name) {
  private static final String BEFORE = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?";
  private static final String AFTER = "+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /**
   * A rule that is known.
   *
   * @param expression what its Split step says; null if it has none
   * @param composed whether the text is brought to NFC first
   */
  private record Known(String name, String expression, boolean composed, boolean wholeWordsFirst) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known("qwen2", BEFORE + "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]" + AFTER, true, false),
          new Known(
              "qwen35",
              BEFORE + "[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]" + AFTER,
              true,
              false),
          new Known(
              "llama-bpe",
              BEFORE + "\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]" + AFTER,
              false,
              true),
          new Known("smollm", null, false, false),
          new Known("gpt-2", null, false, false));

  private static final String KNOWN_NAMES =
      "what qwen2, qwen35, llama-bpe, smollm, gpt-2 or gemma3 have";

  static TokenRules of(TokenizerJson json) {
    JsonObject model = json.model();
    // Older files leave the type out.
    if (!model.string("type").orElse(json.merges() == null ? "none" : "BPE").equals("BPE")) {
      throw model.wrong("type", "\"BPE\"");
    }
    if (json.merges() == null) {
      throw json.bad("model.merges", "nothing", "an array");
    }
    if (model.has("dropout") && model.number("dropout", 0, 1) != 0) {
      throw model.wrong("dropout", "null");
    }
    for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.string(affix).orElse("").isEmpty()) {
        throw model.wrong(affix, "null");
      }
    }
    if (model.flag("byte_fallback", false)) {
      checkSentencePiece(json);
      return new TokenRules(true, "default");
    }
    Known known = byteLevel(json);
    boolean composed = "NFC".equals(type(json.step("normalizer")));
    if (composed != known.composed() || !composed && json.step("normalizer").isPresent()) {
      throw json.bad(
          "normalizer",
          describe(json.step("normalizer")),
          "%s, as the rule \"%s\" has it"
              .formatted(known.composed() ? "NFC" : "null", known.name()));
    }
    if (model.flag("ignore_merges", false) != known.wholeWordsFirst()) {
      throw model.wrong(
          "ignore_merges",
          "%s, as the rule \"%s\" has it".formatted(known.wholeWordsFirst(), known.name()));
    }
    return new TokenRules(false, known.name());
  }

  private static void checkSentencePiece(TokenizerJson json) {
    JsonObject normalizer = json.step("normalizer").orElse(null);
    boolean spaces =
        normalizer != null
            && "Replace".equals(normalizer.string("type").orElse(""))
            && " ".equals(pattern(normalizer, "String"))
            && "\u2581".equals(normalizer.string("content").orElse(""));
    if (!spaces) {
      throw json.bad(
          "normalizer",
          describe(json.step("normalizer")),
          "Replace of spaces by U+2581, as the only step");
    }
    // Gemma's cuts at spaces, of which none are left: it does nothing.
    JsonObject cut = json.step("pre_tokenizer").orElse(null);
    if (cut != null
        && !("Split".equals(cut.string("type").orElse("")) && " ".equals(pattern(cut, "String")))) {
      throw json.bad(
          "pre_tokenizer", describe(json.step("pre_tokenizer")), "null, or a Split at spaces");
    }
    if (json.model().flag("ignore_merges", false)) {
      throw json.model().wrong("ignore_merges", "false");
    }
  }

  private static Known byteLevel(TokenizerJson json) {
    JsonObject step = json.step("pre_tokenizer").orElse(null);
    List<Object> steps = step == null ? List.of() : List.of(step);
    if (step != null && "Sequence".equals(step.string("type").orElse(""))) {
      steps = step.list("pretokenizers").orElse(List.of());
    }
    int count = steps.size();
    if (count < 1
        || count > 2
        || !(steps.getLast() instanceof JsonObject last)
        || !"ByteLevel".equals(last.string("type").orElse(""))) {
      throw unknown(json, steps);
    }
    if (last.flag("add_prefix_space", true)) {
      throw json.bad("pre_tokenizer, ByteLevel, add_prefix_space", "true", "false");
    }
    boolean own = last.flag("use_regex", true);
    if (count == 1 && own) {
      return named("gpt-2");
    }
    if (count == 2 && steps.getFirst() instanceof JsonObject first) {
      String type = first.string("type").orElse("");
      if (type.equals("Digits") && first.flag("individual_digits", false) && own) {
        return named("smollm");
      }
      if (type.equals("Split") && !own) {
        return split(json, first);
      }
    }
    throw unknown(json, steps);
  }

  private static Known split(TokenizerJson json, JsonObject split) {
    String expression = pattern(split, "Regex");
    for (Known known : KNOWN) {
      if (known.expression() != null && known.expression().equals(expression)) {
        if (!"Isolated".equals(split.string("behavior").orElse(""))
            || split.flag("invert", false)) {
          throw split.wrong("behavior", "\"Isolated\", not inverted");
        }
        return known;
      }
    }
    throw json.bad(
        "pre_tokenizer, Split, pattern",
        expression == null ? "no Regex" : JsonObject.describe(expression),
        KNOWN_NAMES);
  }

  private static Known named(String name) {
    return KNOWN.stream().filter(k -> k.name().equals(name)).findFirst().orElseThrow();
  }

  private static String pattern(JsonObject step, String kind) {
    return step.value("pattern") instanceof JsonObject pattern
        ? pattern.string(kind).orElse(null)
        : null;
  }

  private static RuntimeException unknown(TokenizerJson json, List<Object> steps) {
    List<String> types =
        steps.stream()
            .limit(4)
            .map(s -> s instanceof JsonObject o ? describe(Optional.of(o)) : "no step")
            .toList();
    return json.bad("pre_tokenizer", types.isEmpty() ? "nothing" : types.toString(), KNOWN_NAMES);
  }

  private static String type(Optional<JsonObject> step) {
    return step.flatMap(s -> s.string("type")).orElse("");
  }

  private static String describe(Optional<JsonObject> step) {
    return step.isEmpty() ? "nothing" : "the step " + JsonObject.describe(type(step));
  }
}
