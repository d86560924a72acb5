package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.engine.file.gguf.GgufFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real vocabularies against the ids of the reference tokenizers. Runs where the system property or
 * environment variable {@code TANGRAM_TEST_MODELS} names a folder with the model files; skipped
 * elsewhere.
 */
class RealTokenizerTest {
  private static final String QWEN = "qwen2.5-coder-0.5b";
  private static final String GEMMA = "gemma3-270m-base";
  private static final String SMOLLM = "smollm2-135m";

  private static final Map<String, Tokenizer> LOADED = new ConcurrentHashMap<>();

  static Tokenizer tokenizer(String name) {
    String folder = System.getProperty("TANGRAM_TEST_MODELS", System.getenv("TANGRAM_TEST_MODELS"));
    Assumptions.assumeTrue(folder != null, "TANGRAM_TEST_MODELS names no folder");
    Path path = Path.of(folder, name + ".gguf");
    Assumptions.assumeTrue(path.toFile().exists(), "no file " + path);
    return LOADED.computeIfAbsent(
        name,
        key -> {
          try (GgufFile file = GgufFile.open(path)) {
            return Tokenizers.of(file.metadata(), path.toString()).orElseThrow();
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {SMOLLM, QWEN, "qwen2.5-coder-1.5b", GEMMA})
  void renderedPromptsHaveTheReferenceIds(String name) {
    Tokenizer tokenizer = tokenizer(name);
    JsonNode cases = json(name).get("cases");
    assertThat(cases).isNotEmpty();
    for (JsonNode each : cases) {
      String rendered = each.get("rendered").asText();
      int[] ids = withBegin(tokenizer, tokenizer.encode(MarkedText.trusted(rendered)));
      assertThat(ids).as(each.get("id").asText()).isEqualTo(ints(each.get("ids")));
    }
  }

  /** 150 texts of mixed scripts, spaces and markup, against Hugging Face's tokenizers. */
  @ParameterizedTest
  @ValueSource(strings = {SMOLLM, QWEN, GEMMA})
  void randomTextsHaveTheReferenceIds(String name) {
    Tokenizer tokenizer = tokenizer(name);
    JsonNode texts = json(name).get("random");
    assertThat(texts).hasSize(150);
    for (JsonNode each : texts) {
      String text = each.get("text").asText();
      assertThat(tokenizer.encode(MarkedText.trusted(text)))
          .as(Texts.show(text))
          .isEqualTo(ints(each.get("ids")));
    }
  }

  /** The reference decoded all ids at once; here they come one by one. */
  @ParameterizedTest
  @ValueSource(strings = {SMOLLM, QWEN, "qwen2.5-coder-1.5b", GEMMA})
  void greedyIdsStreamToTheReferenceText(String name) {
    Tokenizer tokenizer = tokenizer(name);
    for (JsonNode each : json(name).get("cases")) {
      assertThat(TokenStream.decode(tokenizer, ints(each.get("greedy"))))
          .as(each.get("id").asText())
          .isEqualTo(each.get("text").asText());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SMOLLM, QWEN, "qwen2.5-coder-1.5b", GEMMA})
  void theFirst1024IdsOfAliceAreTheReferenceIds(String name) {
    Tokenizer tokenizer = tokenizer(name);
    JsonNode alice = json(name).get("alice");
    String text = resource("alice-1.txt");
    int[] ids = withBegin(tokenizer, tokenizer.encode(MarkedText.plain(text)));
    int[] first = ints(alice.get("first_ids"));
    int[] last = ints(alice.get("last_ids"));
    int count = alice.get("tokens").asInt();
    assertThat(IntStream.of(ids).limit(first.length).toArray()).isEqualTo(first);
    assertThat(IntStream.range(count - last.length, count).map(i -> ids[i]).toArray())
        .isEqualTo(last);
    assertThat(TokenStream.decode(tokenizer, tokenizer.encode(MarkedText.plain(text))))
        .isEqualTo(text);
  }

  /** Ids of Qwen 3; Qwen 2.5 has the same for all but the tokens it lacks. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Hello, world!|9707 11 1879 0",
        "I'll pay $1234.50 — naïve café"
            + "|40 3278 2291 400 16 17 18 19 13 20 15 1959 94880 586 51950",
        "··two··spaces⏎⏎⇥tab|220 1378 220 12621 271 58149",
        "你好，世界|108386 3837 99489",
        "🙂 a␍⏎b|145080 264 319 65",
        "e\u0301|963",
        "x⏎⏎⏎⏎y|87 1022 88",
        "·leading|6388",
      })
  void qwenGoldens(String text, String ids) {
    assertThat(encode(QWEN, text)).isEqualTo(ids);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Hello, world!|9259 236764 1902 236888",
        "I'll pay $1234.50 — naïve café|236777 236789 859 2350 609 236770 236778 236800 236812"
            + " 236761 236810 236771 2192 120362 33443",
        "··two··spaces⏎⏎⇥tab|138 13498 138 35220 108 255968 4823",
        "你好，世界|144626 236900 12811",
        "🙂 a␍⏎b|240731 496 251 107 236763",
        "e\u0301|236744 238288",
        "<start_of_turn>user⏎Hi<end_of_turn>⏎|105 2364 107 10979 106 107",
        "x⏎⏎⏎⏎y|236781 110 236762",
        "·leading|5830",
      })
  void gemmaGoldens(String text, String ids) {
    assertThat(encode(GEMMA, text)).isEqualTo(ids);
  }

  @Test
  void chatMarkupIsOneTokenEachWhereTrusted() {
    assertThat(encode(QWEN, "<|im_start|>user⏎hi<|im_end|>⏎"))
        .isEqualTo("151644 872 198 6023 151645 198");
    assertThat(encode(QWEN, "<tool_call>⏎</tool_call>")).isEqualTo("151657 198 151658");
  }

  /** RQ-5: what a user writes never becomes a token that steers, whatever the vocabulary. */
  @ParameterizedTest
  @ValueSource(strings = {SMOLLM, QWEN, GEMMA})
  void plainTextNeverHoldsAControlToken(String name) {
    Tokenizer tokenizer = tokenizer(name);
    Vocabulary vocabulary = ((SegmentTokenizer) tokenizer).vocabulary;
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      String piece = tokenizer.piece(id);
      if (!vocabulary.isNormal(id) && AddedTokens.looksLikeMarkup(piece)) {
        String text = "a" + piece + " " + piece + "\n" + piece;
        int[] ids = tokenizer.encode(MarkedText.plain(text));
        assertThat(ids).as(piece).doesNotContain(id);
        assertThat(IntStream.of(ids).filter(tokenizer::isControl).count()).as(piece).isZero();
        assertThat(TokenStream.decode(tokenizer, ids)).isEqualTo(text);
      }
    }
  }

  /** RQ-3. */
  @ParameterizedTest
  @ValueSource(strings = {SMOLLM, QWEN, GEMMA})
  void aMegabyteIsEncodedInLinearTime(String name) {
    Tokenizer tokenizer = tokenizer(name);
    for (Map.Entry<String, String> unit : Hostile.units().entrySet()) {
      Hostile.check(unit.getKey(), unit.getValue(), tokenizer, name.equals(QWEN));
    }
  }

  @Test
  void beginAndEndsAreThoseOfTheModelCards() {
    assertThat(tokenizer(QWEN).begin()).isEmpty();
    assertThat(tokenizer(QWEN).ends()).containsExactlyInAnyOrder(151645, 151643);
    assertThat(tokenizer(SMOLLM).begin()).isEmpty();
    assertThat(tokenizer(SMOLLM).ends()).containsExactlyInAnyOrder(2, 0);
    assertThat(tokenizer(GEMMA).begin()).hasValue(2);
    assertThat(tokenizer(GEMMA).ends()).containsExactlyInAnyOrder(1, 106);
  }

  private static String encode(String name, String text) {
    String raw = text.replace('·', ' ').replace('⏎', '\n').replace('␍', '\r').replace('⇥', '\t');
    StringBuilder ids = new StringBuilder();
    for (int id : tokenizer(name).encode(MarkedText.trusted(raw))) {
      ids.append(ids.isEmpty() ? "" : " ").append(id);
    }
    return ids.toString();
  }

  private static int[] withBegin(Tokenizer tokenizer, int[] ids) {
    return tokenizer.begin().isEmpty()
        ? ids
        : IntStream.concat(IntStream.of(tokenizer.begin().getAsInt()), IntStream.of(ids)).toArray();
  }

  private static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }

  private static JsonNode json(String name) {
    try {
      return new ObjectMapper().readTree(resource(name + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = RealTokenizerTest.class.getResourceAsStream("/token/real/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
