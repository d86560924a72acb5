package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the goldens do not show: single tokens, broken text, many threads, unusual vocabularies. */
class TokenizerTest {
  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "llama-bpe", "smollm", "gpt-2", "sentence-piece"})
  void decodingGivesAnyTextBack(String name) {
    Tokenizer tokenizer = Small.named(name);
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int n = 0; n < 5_000; n++) {
      String text = Texts.any(random, 20);
      String composed = name.equals("qwen2") ? composed(text) : text;
      String expected = new String(utf8(composed), StandardCharsets.UTF_8);
      if (name.equals("sentence-piece")) {
        expected = expected.replace('\u2581', ' ');
      }
      int[] ids = tokenizer.encode(MarkedText.plain(text));
      assertThat(TokenStream.decode(tokenizer, ids))
          .as("seed=%d, text %s", seed, Texts.show(text))
          .isEqualTo(expected);
    }
  }

  /** NFC is applied between added tokens, so what they are cut from is never changed. */
  private static String composed(String text) {
    StringBuilder composed = new StringBuilder();
    int from = 0;
    for (int i = 0; i < text.length(); ) {
      int length = text.startsWith("   ", i) || text.startsWith("\n\n\n", i) ? 3 : 0;
      if (length > 0) {
        composed.append(Normalizer.normalize(text.substring(from, i), Normalizer.Form.NFC));
        composed.append(text, i, i + length);
        from = i + length;
      }
      i += Math.max(1, length);
    }
    return composed
        .append(Normalizer.normalize(text.substring(from), Normalizer.Form.NFC))
        .toString();
  }

  /** UTF-8 with U+FFFD for each surrogate without its partner. */
  private static byte[] utf8(String text) {
    StringBuilder whole = new StringBuilder();
    text.codePoints()
        .map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
        .forEach(whole::appendCodePoint);
    return whole.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void tokensAreKnownByIdAndSpelling() {
    Tokenizer tokenizer = Small.byteLevel("qwen2");
    int start = tokenizer.id("<|im_start|>").getAsInt();
    assertThat(tokenizer.piece(start)).isEqualTo("<|im_start|>");
    assertThat(tokenizer.isControl(start)).isTrue();
    assertThat(tokenizer.bytes(start)).isEmpty();
    int call = tokenizer.id("<tool_call>").getAsInt();
    assertThat(tokenizer.isControl(call)).isFalse();
    assertThat(tokenizer.bytes(call)).isEqualTo("<tool_call>".getBytes(StandardCharsets.UTF_8));
    int the = tokenizer.id("\u0120the").getAsInt();
    assertThat(tokenizer.bytes(the)).isEqualTo(" the".getBytes(StandardCharsets.UTF_8));
    assertThat(tokenizer.id("no such token")).isEmpty();
    assertThat(tokenizer.vocabularySize()).isGreaterThan(900);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "sentence-piece"})
  void idsOutsideTheVocabularyAreRefused(String name) {
    Tokenizer tokenizer = Small.named(name);
    for (int id : new int[] {-1, tokenizer.vocabularySize()}) {
      assertThatThrownBy(() -> tokenizer.bytes(id)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> tokenizer.piece(id)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> tokenizer.isControl(id))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aCallerCannotChangeTheVocabulary() {
    Tokenizer tokenizer = Small.byteLevel("qwen2");
    int id = tokenizer.id("the").getAsInt();
    Arrays.fill(tokenizer.bytes(id), (byte) 0);
    assertThat(TokenStream.decode(tokenizer, id)).isEqualTo("the");
  }

  @Test
  void paddingIsHiddenAndNeverFound() {
    MapMetadata metadata = Small.byteLevelMetadata("qwen2");
    Tokenizer tokenizer = Small.of(withToken(metadata, "[PAD7]", 5));
    int id = tokenizer.id("[PAD7]").getAsInt();
    assertThat(tokenizer.isControl(id)).isTrue();
    assertThat(tokenizer.bytes(id)).isEmpty();
    assertThat(tokenizer.encode(MarkedText.trusted("[PAD7]"))).doesNotContain(id);
  }

  @Test
  void paddingAtTheEndCannotBeDrawn() {
    MapMetadata metadata = Small.byteLevelMetadata("qwen2");
    int size = Small.of(metadata).vocabularySize();
    MapMetadata padded = withToken(withToken(metadata, "[PAD7]", 5), "[PAD8]", 5);

    assertThat(Small.of(padded).paddingStart()).isEqualTo(size);
    assertThat(Small.of(withToken(padded, "last", 1)).paddingStart()).isEqualTo(size + 3);
  }

  @Test
  void aByteWithoutTokenIsLeftOut() {
    MapMetadata metadata = Small.byteLevelMetadata("gpt-2");
    List<String> tokens = new ArrayList<>(metadata.strings("tokenizer.ggml.tokens"));
    tokens.set(tokens.indexOf("\u0104"), "never written"); // the byte 4
    Tokenizer tokenizer = Small.of(metadata.with("tokens", tokens));
    int[] ids = tokenizer.encode(MarkedText.plain("-\u0004-"));
    assertThat(ids).hasSize(1).isEqualTo(tokenizer.encode(MarkedText.plain("--")));
  }

  @Test
  void aTokenThatIsNotInTheByteAlphabetIsShownAsSpelt() {
    Tokenizer tokenizer = Small.of(withToken(Small.byteLevelMetadata("gpt-2"), "\u4E16 \u754C", 1));
    int id = tokenizer.id("\u4E16 \u754C").getAsInt();
    assertThat(TokenStream.decode(tokenizer, id)).isEqualTo("\u4E16 \u754C");
  }

  @Test
  void aSpaceGoesBeforeTheTextAndAfterControlTokensWhereTheModelWantsIt() {
    MapMetadata metadata = Small.sentencePieceMetadata();
    Tokenizer plain = Small.of(metadata);
    for (MapMetadata each :
        List.of(metadata.with("add_space_prefix", true), metadata.without("add_space_prefix"))) {
      Tokenizer spaced = Small.of(each);
      assertThat(spaced.encode(MarkedText.trusted("the<|im_end|>the\nthe")))
          .isEqualTo(plain.encode(MarkedText.trusted(" the<|im_end|> the\nthe")));
      assertThat(spaced.encode(MarkedText.plain(""))).isEmpty();
    }
  }

  @Test
  void withoutScoresTheLowerIdMergesFirst() {
    MapMetadata metadata = Small.sentencePieceMetadata();
    Tokenizer byScore = Small.of(metadata);
    Tokenizer byId = Small.of(metadata.without("scores"));
    for (Small.Case each : Small.cases("sentence-piece")) {
      assertThat(byId.encode(MarkedText.trusted(each.text())))
          .isEqualTo(byScore.encode(MarkedText.trusted(each.text())));
    }
  }

  @Test
  void ofEqualScoresTheLeftmostMergesFirst() {
    MapMetadata metadata = withToken(Small.sentencePieceMetadata(), "z", 1);
    MapMetadata both = withToken(withToken(metadata, "zqz", 1, 50.0), "qzq", 1, 50.0);
    both = withToken(withToken(both, "zq", 1, 100.0), "qz", 1, 100.0);
    Tokenizer tokenizer = Small.of(both);
    assertThat(pieces(tokenizer, "zqz")).containsExactly("zqz"); // zq, then z
    assertThat(pieces(tokenizer, "zqzq")).containsExactly("zq", "zq");
    assertThat(pieces(tokenizer, "qzq")).containsExactly("qzq"); // qz, then q
  }

  /** Words are cut before spaces only where no token goes on past one; Gemma has such a token. */
  @Test
  void aTokenMayHaveASpaceInside() {
    MapMetadata metadata = withToken(Small.sentencePieceMetadata(), "d\u2581", 1, 100.0);
    assertThat(pieces(Small.of(metadata), "d the")).startsWith("d\u2581");
    metadata = withToken(metadata, "d\u2581t", 1, 99.0);
    assertThat(pieces(Small.of(metadata), "a d t")).endsWith("d\u2581t");
  }

  @Test
  void manyThreadsShareOneTokenizer() throws Exception {
    for (String name : List.of("qwen2", "sentence-piece")) {
      Tokenizer tokenizer = Small.named(name);
      List<Small.Case> cases = Small.cases(name);
      try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
          tasks.add(
              () -> {
                boolean right = true;
                for (int round = 0; round < 20; round++) {
                  for (Small.Case each : cases) {
                    int[] ids = tokenizer.encode(MarkedText.trusted(each.text()));
                    right &= Arrays.equals(ids, each.ids());
                  }
                }
                return right;
              });
        }
        for (Future<Boolean> each : pool.invokeAll(tasks)) {
          assertThat(each.get()).isTrue();
        }
      }
    }
  }

  private static List<String> pieces(Tokenizer tokenizer, String text) {
    return IntStream.of(tokenizer.encode(MarkedText.plain(text)))
        .mapToObj(tokenizer::piece)
        .toList();
  }

  private static MapMetadata withToken(MapMetadata metadata, String piece, int type) {
    return withToken(metadata, piece, type, 0.0);
  }

  private static MapMetadata withToken(MapMetadata metadata, String piece, int type, double score) {
    return metadata
        .with("tokens", appended(metadata, "tokens", piece))
        .with("token_type", appended(metadata, "token_type", type))
        .with("scores", appended(metadata, "scores", score));
  }

  private static List<Object> appended(MapMetadata metadata, String key, Object value) {
    List<Object> list = new ArrayList<>();
    if (metadata.has("tokenizer.ggml." + key)) {
      list.addAll((List<?>) metadata.value("tokenizer.ggml." + key));
    }
    list.add(value);
    return list;
  }
}
