package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file may say about its tokens, and what is refused. */
class TokenizersTest {
  private final MapMetadata byteLevel = Small.byteLevelMetadata("qwen2");
  private final MapMetadata sentencePiece = Small.sentencePieceMetadata();

  @Test
  void aFileWithoutTokenizerHasNone() {
    assertThat(Tokenizers.of(new MapMetadata(Map.of()), "weights.gguf")).isEmpty();
  }

  @Test
  void anUnknownModelIsRefusedByName() {
    refused(
        byteLevel.with("model", "bert"),
        "small.gguf: tokenizer.ggml.model: found \"bert\", allowed: gpt2 (byte-level BPE) or llama"
            + " (SentencePiece-style BPE)");
  }

  @Test
  void anUnknownOrMissingRuleIsRefusedByName() {
    String known = "one of [gpt-2, llama-bpe, llama-v3, llama3, qwen2, qwen35, smollm, starcoder]";
    refused(
        byteLevel.with("pre", "gpt-4o"),
        "small.gguf: tokenizer.ggml.pre: found \"gpt-4o\", allowed: " + known);
    refused(
        byteLevel.without("pre"),
        "small.gguf: tokenizer.ggml.pre: found nothing, allowed: " + known);
  }

  @Test
  void countsMustAgree() {
    refused(byteLevel.with("tokens", List.of()), "tokenizer.ggml.tokens: found 0 tokens");
    refused(
        byteLevel.with("token_type", List.of(1, 1)),
        "tokenizer.ggml.token_type: found 2 types, allowed: one for each of");
    refused(
        sentencePiece.with("scores", List.of(1.0)),
        "tokenizer.ggml.scores: found 1 scores, allowed: one for each of");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, -1})
  void typesMustBeKnown(int type) {
    List<Object> types = types(byteLevel);
    types.set(5, type);
    refused(
        byteLevel.with("token_type", types),
        "tokenizer.ggml.token_type[5]: found " + type + ", allowed: 1 to 6");
  }

  @Test
  void noTokenMayOccurTwice() {
    List<String> tokens = tokens(byteLevel);
    tokens.set(7, tokens.get(3));
    refused(
        byteLevel.with("tokens", tokens),
        "tokenizer.ggml.tokens[7]: found \"" + tokens.get(3) + "\", which is also token 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ab", "a b c", "a ", " b", "", " ", "a  b"})
  void aMergeIsTwoTokensWithASpaceBetween(String line) {
    List<String> merges = new ArrayList<>(byteLevel.strings("tokenizer.ggml.merges"));
    merges.set(2, line);
    refused(
        byteLevel.with("merges", merges),
        "tokenizer.ggml.merges[2]: found \""
            + line
            + "\", allowed: two tokens with one space between them");
  }

  @Test
  void aMergeNamesTokensAndMakesOne() {
    for (String[] each : new String[][] {{"nope a", "nope"}, {"a nope", "nope"}, {"q z", "qz"}}) {
      List<String> merges = new ArrayList<>(byteLevel.strings("tokenizer.ggml.merges"));
      merges.set(1, each[0]);
      refused(
          byteLevel.with("merges", merges),
          "tokenizer.ggml.merges[1]: found \""
              + each[0]
              + "\", where \""
              + each[1]
              + "\" is no token");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bos", "eos", "eot", "eom", "unknown", "padding"})
  void rolesMustBeInTheVocabulary(String role) {
    long size = tokens(byteLevel).size();
    for (long id : new long[] {-1, size, Integer.MAX_VALUE}) {
      refused(
          byteLevel.with(role + "_token_id", id),
          "tokenizer.ggml." + role + "_token_id: found " + id + ", allowed: 0 to " + (size - 1));
    }
    assertThat(Small.of(byteLevel.with(role + "_token_id", size - 1))).isNotNull();
  }

  @Test
  void aBeginTokenThatIsWantedMustExist() {
    refused(
        byteLevel.with("add_bos_token", true),
        "tokenizer.ggml.bos_token_id: found nothing, allowed: an id of the vocabulary, because");
  }

  @Test
  void beginIsWhatTheFileSaysOrTheModelsHabit() {
    MapMetadata qwen = byteLevel.with("bos_token_id", 3L);
    assertThat(Small.of(qwen).begin()).isEmpty();
    assertThat(Small.of(qwen.with("add_bos_token", true)).begin()).hasValue(3);
    MapMetadata llama = Small.byteLevelMetadata("llama-bpe");
    assertThat(Small.of(llama).begin()).isEmpty();
    assertThat(Small.of(llama.with("bos_token_id", 3L)).begin()).hasValue(3);
    assertThat(Small.of(sentencePiece.with("bos_token_id", 3L)).begin()).hasValue(3);
    assertThat(
            Small.of(sentencePiece.with("bos_token_id", 3L).with("add_bos_token", false)).begin())
        .isEmpty();
  }

  @Test
  void endsAreTheNamedIdsAndTheControlTokensThatEndTurns() {
    Tokenizer tokenizer =
        Small.of(
            byteLevel.with("eos_token_id", 5L).with("eot_token_id", 6L).with("eom_token_id", 7L));
    assertThat(tokenizer.ends())
        .containsExactlyInAnyOrder(
            5, 6, 7, tokenizer.id("<|im_end|>").getAsInt(), tokenizer.id("<|end|>").getAsInt());
  }

  @Test
  void everyByteMustHaveItsToken() {
    List<String> tokens = tokens(sentencePiece);
    List<Object> types = types(sentencePiece);
    int id = tokens.indexOf("<0x0A>");
    tokens.set(id, "<0x-1>");
    refused(
        sentencePiece.with("tokens", tokens),
        "tokenizer.ggml.tokens[" + id + "]: found \"<0x-1>\", allowed: <0x00> to <0xFF>");
    types.set(id, 5);
    refused(
        sentencePiece.with("tokens", tokens).with("token_type", types),
        "tokenizer.ggml.token_type: found no byte token for 0x0A");
  }

  @Test
  void messagesStayShortAndOnOneLine() {
    List<String> merges = new ArrayList<>(byteLevel.strings("tokenizer.ggml.merges"));
    merges.set(2, "a\n" + "b".repeat(1_000_000));
    refused(
        byteLevel.with("merges", merges),
        "merges[2]: found \"a\\u000A" + "b".repeat(58) + "\" and 999942 more characters, allowed");
  }

  @Test
  void scoresMustBeNumbers() {
    List<Object> scores = new ArrayList<>();
    for (float score : sentencePiece.numbers("tokenizer.ggml.scores")) {
      scores.add(score);
    }
    scores.set(4, Double.NaN);
    refused(
        sentencePiece.with("scores", scores),
        "tokenizer.ggml.scores[4]: found NaN, allowed: a finite number");
  }

  @Test
  void tokensThatAreSearchedForHaveABoundedLength() {
    List<String> tokens = tokens(byteLevel);
    int id = tokens.indexOf("<|im_start|>");
    for (String piece : List.of("", "<".repeat(257))) {
      tokens.set(id, piece);
      refused(
          byteLevel.with("tokens", tokens),
          "tokenizer.ggml.tokens["
              + id
              + "]: found a token of type CONTROL of "
              + piece.length()
              + " characters, allowed: 1 to 256");
    }
  }

  private static void refused(MapMetadata metadata, String message) {
    assertThatThrownBy(() -> Small.of(metadata))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(MapMetadata.FILE)
        .hasMessageContaining(message);
  }

  private static List<String> tokens(MapMetadata metadata) {
    return new ArrayList<>(metadata.strings("tokenizer.ggml.tokens"));
  }

  private static List<Object> types(MapMetadata metadata) {
    List<Object> types = new ArrayList<>();
    for (int type : metadata.integers("tokenizer.ggml.token_type")) {
      types.add(type);
    }
    return types;
  }
}
