package dev.tangram.engine.file.hf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.MetadataBuilder;
import dev.tangram.engine.file.json.JsonObject;
import dev.tangram.engine.token.MarkedText;
import dev.tangram.engine.token.TokenStream;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.engine.token.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** tokenizer.json and its companions, against the ids of the library that wrote them. */
class TokenFilesTest {
  /** Tokens of the small byte-level vocabulary, and of the other. */
  private static final int ROWS = 1200;

  @TempDir Path folder;

  private static String text(String rule) throws IOException {
    try (InputStream in =
        TokenFilesTest.class.getResourceAsStream("/token/hf/" + rule + "/tokenizer.json")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static final Config CONFIG =
      Config.of(
          JsonObject.parse("{\"model_type\":\"qwen2\"}".getBytes(StandardCharsets.UTF_8), "c"));

  private Metadata metadata(String json, int rows) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json);
    MetadataBuilder out = new MetadataBuilder(folder.toString());
    TokenFiles.write(out, folder, CONFIG, rows);
    return out.build();
  }

  private Tokenizer tokenizer(String json) throws IOException {
    return Tokenizers.of(metadata(json, ROWS), folder.toString()).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "qwen35", "llama-bpe", "smollm", "gpt-2", "sentence-piece"})
  void idsAreThoseOfTheLibrary(String rule) throws IOException {
    Tokenizer tokenizer = tokenizer(text(rule));
    assertThat(tokenizer.vocabularySize()).isEqualTo(ROWS);
    JsonNode small;
    try (InputStream in = getClass().getResourceAsStream("/token/small.json")) {
      small = new ObjectMapper().readTree(in);
    }
    JsonNode cases =
        rule.equals("sentence-piece")
            ? small.get("sentence_piece").get("cases")
            : small.get("byte_level").get("cases").get(rule);
    assertThat(cases.size()).isGreaterThan(150);
    for (JsonNode each : cases) {
      int[] ids =
          IntStream.range(0, each.get("ids").size())
              .map(i -> each.get("ids").get(i).asInt())
              .toArray();
      assertThat(tokenizer.encode(MarkedText.trusted(each.get("text").asText())))
          .as(each.get("text").asText())
          .isEqualTo(ids);
    }
    assertThat(tokenizer.isControl(tokenizer.id("<|im_start|>").orElseThrow())).isTrue();
    assertThat(tokenizer.isControl(tokenizer.id("<think>").orElseThrow())).isFalse();
    assertThat(tokenizer.isControl(ROWS - 1)).as("padding is never shown").isTrue();
  }

  /**
   * Published tokenizers: folders with tokenizer.json and cases.json (text and ids) under the
   * folder that TANGRAM_TEST_TOKENIZERS names; skipped elsewhere.
   */
  @Test
  void publishedTokenizersGiveTheirIds() throws IOException {
    String place =
        System.getProperty("TANGRAM_TEST_TOKENIZERS", System.getenv("TANGRAM_TEST_TOKENIZERS"));
    Assumptions.assumeTrue(place != null, "TANGRAM_TEST_TOKENIZERS names no folder");
    try (var folders = Files.list(Path.of(place))) {
      for (Path each : folders.toList()) {
        JsonNode cases = new ObjectMapper().readTree(each.resolve("cases.json").toFile());
        long start = System.nanoTime();
        MetadataBuilder out = new MetadataBuilder(each.toString());
        TokenFiles.write(out, each, CONFIG, cases.get("rows").asInt());
        Metadata metadata = out.build();
        Tokenizer tokenizer = Tokenizers.of(metadata, each.toString()).orElseThrow();
        System.out.printf(
            "%s: %s in %d ms, begins %s, ends %s, template %s%n",
            each.getFileName(),
            tokenizer,
            (System.nanoTime() - start) / 1_000_000,
            tokenizer.begin(),
            tokenizer.ends(),
            metadata.has("tokenizer.chat_template"));
        for (JsonNode one : cases.get("cases")) {
          int[] ids =
              IntStream.range(0, one.get("ids").size())
                  .map(i -> one.get("ids").get(i).asInt())
                  .toArray();
          assertThat(tokenizer.encode(MarkedText.trusted(one.get("text").asText())))
              .as("%s: %s", each, one.get("text"))
              .isEqualTo(ids);
        }
      }
    }
  }

  @Test
  void mergesMayBePairsOrStrings() throws IOException {
    String pairs = text("qwen2");
    assertThat(pairs).contains("[\"");
    String strings =
        pairs.replaceAll(
            "\\[\"((?:[^\"\\\\]|\\\\.)+)\",\"((?:[^\"\\\\]|\\\\.)+)\"\\]", "\"$1 $2\"");
    assertThat(strings).isNotEqualTo(pairs);
    assertThat(metadata(strings, ROWS).strings("tokenizer.ggml.merges"))
        .isEqualTo(metadata(pairs, ROWS).strings("tokenizer.ggml.merges"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "\"type\":\"BPE\" | \"type\":\"Unigram\" | model.type: found \"Unigram\", allowed: \"BPE\"",
        "]?\\\\p{L}+ | ]?\\\\p{Lu}+ | Split, pattern: found",
        "{\"type\":\"NFC\"} | null | normalizer: found nothing, allowed: NFC",
        "{\"type\":\"NFC\"} | {\"type\":\"NFKC\"} | the step \"NFKC\"",
        "\"ignore_merges\":false | \"ignore_merges\":true | ignore_merges: found true",
        "\"behavior\":\"Isolated\" | \"behavior\":\"Removed\" | behavior: found \"Removed\"",
        "\"add_prefix_space\":false | \"add_prefix_space\":true | add_prefix_space: found true",
        "\"dropout\":null | \"dropout\":0.1 | dropout",
        "\"lstrip\":false | \"lstrip\":true | lstrip: found true",
        "\"!\":0 | \"!\":1 | id 1 for",
        "\"!\":0 | \"!\":-1 | id -1 for",
        "\"!\":0 | \"!\":1000000 | id 1000000 for",
        "\"!\":0 | \"!\":0.5 | a whole number",
        "\"merges\": | \"mergers\": | model.merges: found nothing",
        "\"merges\":[ | \"merges\":[[\"a b\",\"c\"], | two tokens without spaces",
        "\"merges\":[ | \"merges\":[[\"a\"], | two tokens without spaces",
        "\"merges\":[ | \"merges\":[[\"zz\",\"qq\"], | is no token",
        "\"post_processor\":null | \"post_processor\":{\"type\":\"Bert\"} | \"Bert\"",
        "\"model\": | \"muddle\": | model: found nothing",
      })
  void whatIsNotKnownIsRefusedByName(String part, String other, String reason) throws IOException {
    String good = text("qwen2");
    assertThat(good).contains(part.strip());
    String bad =
        good.replaceFirst(
            java.util.regex.Pattern.quote(part.strip()),
            java.util.regex.Matcher.quoteReplacement(other.strip()));
    assertThatThrownBy(() -> tokenizer(bad))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(folder.toString())
        .hasMessageContaining(": found ")
        .hasMessageContaining(reason.strip());
  }

  @Test
  void moreTokensThanRowsAreRefusedUnlessTheyWereAdded() throws IOException {
    String json = text("qwen2");
    int all = new ObjectMapper().readTree(json).get("model").get("vocab").size();
    assertThatThrownBy(() -> metadata(json, all - 1))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("model.vocab: found %d tokens".formatted(all));
    assertThat(metadata(json, all + 1).strings("tokenizer.ggml.tokens")).hasSize(all + 1);
  }

  @Test
  void rolesComeFromAllThreeFiles() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"eos_token\":{\"content\":\"<|im_end|>\"},\"bos_token\":null,\"pad_token\":\"<|end|>\","
            + "\"chat_template\":[{\"name\":\"tool\",\"template\":\"no\"},"
            + "{\"name\":\"default\",\"template\":\"{{ messages }}\"}],"
            + "\"model_max_length\":1000000000000000019884624838656}");
    Files.writeString(
        folder.resolve("generation_config.json"), "{\"eos_token_id\":[7,5000],\"bos_token_id\":9}");
    Metadata metadata = metadata(text("qwen2"), ROWS);
    assertThat(metadata.string("tokenizer.chat_template")).isEqualTo("{{ messages }}");
    Tokenizer tokenizer = Tokenizers.of(metadata, "x").orElseThrow();
    assertThat(tokenizer.ends()).startsWith(tokenizer.id("<|im_end|>").orElseThrow(), 7);
    assertThat(tokenizer.begin()).as("there, but not put first").isEmpty();
    assertThat(metadata.integer("tokenizer.ggml.bos_token_id", 0, ROWS)).isEqualTo(9);
    assertThat(metadata.integer("tokenizer.ggml.padding_token_id", 0, ROWS))
        .isEqualTo(tokenizer.id("<|end|>").orElseThrow());
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ bos_token }}ü");
    assertThat(metadata(text("qwen2"), ROWS).string("tokenizer.chat_template"))
        .isEqualTo("{{ bos_token }}ü");
  }

  @Test
  void thePostProcessorSaysWhetherABeginIsPutFirst() throws IOException {
    String json =
        text("llama-bpe")
            .replace(
                "\"post_processor\":null",
                "\"post_processor\":{\"type\":\"Sequence\",\"processors\":[{\"type\":\"ByteLevel\"},"
                    + "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":"
                    + "\"<|im_start|>\",\"type_id\":0}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}]}]}");
    Tokenizer tokenizer = tokenizer(json);
    assertThat(tokenizer.begin()).isEqualTo(tokenizer.id("<|im_start|>"));
    assertThat(TokenStream.decode(tokenizer, tokenizer.encode(MarkedText.plain("hi"))))
        .isEqualTo("hi");
  }

  /** Qwen3-Embedding's end is one token and what it puts after a text another. */
  @Test
  void whatIsAppendedIsTheTokenThatThePostProcessorNames() throws IOException {
    String json =
        text("llama-bpe")
            .replace(
                "\"post_processor\":null",
                "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":["
                    + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},"
                    + "{\"SpecialToken\":{\"id\":\"<|im_start|>\",\"type_id\":0}}]}");
    Tokenizer tokenizer = tokenizer(json);
    assertThat(tokenizer.begin()).isEmpty();
    assertThat(tokenizer.appended()).isEqualTo(tokenizer.id("<|im_start|>")).isPresent();
  }

  @Test
  void aTemplateThatIsTooLongIsRefused() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"chat_template\":\"" + "x".repeat(70_000) + "\"}");
    assertThatThrownBy(() -> metadata(text("qwen2"), ROWS))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("chat_template: found 70000 bytes, allowed: at most 65536");
  }
}
