package dev.tangram.engine.file.hf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.gguf.MetadataBuilder;
import dev.tangram.engine.file.gguf.TokenizerTrial;
import dev.tangram.engine.file.json.JsonMutants;
import dev.tangram.engine.file.json.JsonObject;
import dev.tangram.engine.file.json.Judge;
import dev.tangram.engine.token.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * MF-1 for tokenizer.json: a mutant makes a tokenizer that stays in its vocabulary, or is refused.
 */
@Tag("fuzz")
class TokenizerJsonFuzzTest {
  private static final String FILE = "tokenizer.json";
  private static final int ROWS = 400;
  private static final int MERGES = 24;
  private static final int EVERY_NTH_IS_USED = 8;
  private static final long SEED = Judge.seed(TokenizerJsonFuzzTest.class);
  private static final Config CONFIG =
      Config.of(
          JsonObject.parse("{\"model_type\":\"qwen2\"}".getBytes(StandardCharsets.UTF_8), FILE));

  @Test
  void everyMutantMakesATokenizerOrIsRefusedWithAReason() {
    List<byte[]> samples =
        Stream.of("qwen2", "qwen35", "llama-bpe", "smollm", "gpt-2", "sentence-piece")
            .map(TokenizerJsonFuzzTest::shortened)
            .toList();
    for (byte[] sample : samples) {
      TokenizerTrial.use(Tokenizers.of(metadata(sample), FILE).orElseThrow());
    }
    Map<String, Integer> ends =
        Judge.all(
            new JsonMutants(samples, SEED)::mutant,
            1,
            FILE,
            (mutant, number) -> {
              Metadata metadata = metadata(mutant);
              if (number % EVERY_NTH_IS_USED != 0) {
                return "presented";
              }
              Tokenizers.of(metadata, FILE).ifPresent(TokenizerTrial::use);
              return "used";
            });
    if (Judge.isWhole()) {
      assertThat(ends.get("presented")).isGreaterThan(Judge.MUTANTS / 10);
      assertThat(ends.get("used")).isGreaterThan(Judge.MUTANTS / 400);
      assertThat(ends.get(Judge.REFUSED)).isGreaterThan(Judge.MUTANTS / 5);
    }
  }

  private static Metadata metadata(byte[] bytes) {
    MetadataBuilder out = new MetadataBuilder(FILE);
    JsonObject none = JsonObject.empty(FILE);
    TokenFiles.write(out, TokenizerJson.read(bytes, FILE), none, none, CONFIG, ROWS);
    return out.build();
  }

  /**
   * A golden file with a few merges and the tokens that they need, so that it is quick; byte tokens
   * of a SentencePiece vocabulary must all be there.
   */
  private static byte[] shortened(String rule) {
    ObjectMapper mapper = new ObjectMapper();
    try (InputStream in =
        TokenizerJsonFuzzTest.class.getResourceAsStream("/token/hf/" + rule + "/tokenizer.json")) {
      ObjectNode json = (ObjectNode) mapper.readTree(in);
      ObjectNode model = (ObjectNode) json.get("model");
      ObjectNode all = (ObjectNode) model.get("vocab");
      Set<String> kept = new LinkedHashSet<>();
      for (Map.Entry<String, JsonNode> each : all.properties()) {
        if (each.getKey().startsWith("<") && each.getKey().length() > 3) {
          kept.add(each.getKey());
        }
      }
      ArrayNode merges = mapper.createArrayNode();
      for (int i = 0; i < MERGES; i++) {
        JsonNode merge = model.get("merges").get(i);
        String left = merge.get(0).asText();
        String right = merge.get(1).asText();
        kept.addAll(List.of(left, right, left + right));
        merges.add(merge);
      }
      model.set("merges", merges);
      for (JsonNode added : json.get("added_tokens")) {
        kept.add(added.get("content").asText());
      }
      List<String> ids = List.copyOf(kept);
      ObjectNode vocabulary = mapper.createObjectNode();
      ids.stream().filter(all::has).forEach(token -> vocabulary.put(token, ids.indexOf(token)));
      model.set("vocab", vocabulary);
      for (JsonNode added : json.get("added_tokens")) {
        ((ObjectNode) added).put("id", ids.indexOf(added.get("content").asText()));
      }
      assertThat(ids.size()).as(rule).isBetween(20, ROWS);
      return mapper.writeValueAsBytes(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
