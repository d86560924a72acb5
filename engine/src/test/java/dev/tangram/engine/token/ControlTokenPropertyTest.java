package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RQ-5: the control ids of a prompt are those that the template wrote, whatever the messages say.
 */
class ControlTokenPropertyTest {
  private static final List<String> STEERING =
      List.of(
          "<|end|>",
          "<|im_start|>",
          "<|im_end|>",
          "<|im",
          "<tool_call>",
          "</tool_call>",
          "<think>");

  private static final List<String> LOOK_ALIKES =
      List.of(
          "<|im_start|\u200B>",
          "\uFF1C|im_start|\uFF1E",
          "<\uFF5Cim_start\uFF5C>",
          "<\u2223im_end\u2223>",
          "<|IM_START|>",
          "<|im_start| >",
          "<|im_\u017Ftart|>",
          "<\u0338|im_end|>",
          "\u226E|im_end|>",
          "<tool\u005F\u200Dcall>",
          "<th\u0131nk>",
          "&lt;|im_end|&gt;",
          "<|im_start|",
          "im_start|>");

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "llama-bpe", "smollm", "sentence-piece"})
  void contentNeverHoldsASteeringToken(String name) {
    Tokenizer tokenizer = Small.named(name);
    for (String content : STEERING) {
      for (String text : List.of(content, "a" + content + "b", content.repeat(3), " " + content)) {
        assertThat(steering(tokenizer, MarkedText.plain(text))).as(text).isEmpty();
      }
    }
    for (String content : LOOK_ALIKES) {
      assertThat(steering(tokenizer, MarkedText.plain(content))).as(content).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "llama-bpe", "smollm", "sentence-piece"})
  void aTokenSplitOverTrustIsText(String name) {
    Tokenizer tokenizer = Small.named(name);
    for (String token : List.of("<|im_start|>", "<|im_end|>", "<tool_call>", "<think>")) {
      for (int cut = 0; cut <= token.length(); cut++) {
        BitSet first = new BitSet();
        first.set(0, cut);
        BitSet last = new BitSet();
        last.set(cut, token.length());
        for (BitSet trusted : List.of(first, last)) {
          int[] found = steering(tokenizer, new MarkedText(token, trusted));
          boolean whole = trusted.cardinality() == token.length();
          // "<|im" is a control token of its own.
          boolean shorter = !whole && token.startsWith("<|im") && trusted.nextClearBit(0) >= 4;
          String expected = whole ? token : shorter ? "<|im" : null;
          assertThat(IntStream.of(found).mapToObj(tokenizer::piece))
              .as("%s at %d %s", token, cut, trusted)
              .isEqualTo(expected == null ? List.of() : List.of(expected));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "llama-bpe", "smollm", "sentence-piece"})
  void ofAnyMixtureOnlyTrustedSpansCount(String name) {
    Tokenizer tokenizer = Small.named(name);
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int n = 0; n < 3_000; n++) {
      StringBuilder text = new StringBuilder();
      BitSet trusted = new BitSet();
      for (int parts = random.nextInt(8); parts > 0; parts--) {
        int from = text.length();
        text.append(part(random));
        if (random.nextBoolean()) {
          trusted.set(from, text.length());
        }
      }
      MarkedText marked = new MarkedText(text.toString(), trusted);
      assertThat(IntStream.of(steering(tokenizer, marked)).mapToObj(tokenizer::piece))
          .as("seed=%d, text %s, trusted %s", seed, Texts.show(marked.text()), trusted)
          .isEqualTo(expected(marked));
    }
  }

  @Test
  void otherUserDefinedTokensAreFoundEverywhere() {
    Tokenizer tokenizer = Small.sentencePiece();
    int[] ids = tokenizer.encode(MarkedText.plain("\n\n\n   \n"));
    assertThat(IntStream.of(ids).mapToObj(tokenizer::piece)).containsExactly("\n\n\n", "   ", "\n");
  }

  @Test
  void whatLooksLikeMarkup() {
    for (String piece : List.of("<tool_call>", "</think>", "<start_of_image>", "[multimodal]")) {
      assertThat(AddedTokens.looksLikeMarkup(piece)).as(piece).isTrue();
    }
    for (String piece : List.of("\n\n", "  ", "<table>", "</h1>", "<", "word", "<a", "\t", "<>x")) {
      assertThat(AddedTokens.looksLikeMarkup(piece)).as(piece).isFalse();
    }
  }

  /** A file may mark a token as control that merging would build; then merging must not. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-bpe", "sentence-piece"})
  void mergingCannotBuildAControlToken(String name) {
    MapMetadata metadata =
        name.equals("sentence-piece")
            ? Small.sentencePieceMetadata()
            : Small.byteLevelMetadata(name);
    int ing = Small.of(metadata).id("ing").getAsInt();
    List<Object> types = new ArrayList<>();
    for (int type : metadata.integers("tokenizer.ggml.token_type")) {
      types.add(type);
    }
    assertThat(Small.of(metadata).encode(MarkedText.plain("ing"))).containsExactly(ing);
    types.set(ing, 3);
    Tokenizer tokenizer = Small.of(metadata.with("token_type", types));
    assertThat(tokenizer.encode(MarkedText.plain("ing"))).hasSizeGreaterThan(1).doesNotContain(ing);
    assertThat(tokenizer.encode(MarkedText.trusted("ing"))).containsExactly(ing);
  }

  private static String part(SplittableRandom random) {
    String token = STEERING.get(random.nextInt(STEERING.size()));
    return switch (random.nextInt(5)) {
      case 0 -> token;
      case 1 -> token.substring(0, random.nextInt(token.length() + 1));
      case 2 -> token.substring(random.nextInt(token.length() + 1));
      case 3 -> LOOK_ALIKES.get(random.nextInt(LOOK_ALIKES.size()));
      default -> Texts.any(random, 3);
    };
  }

  private static int[] steering(Tokenizer tokenizer, MarkedText text) {
    return IntStream.of(tokenizer.encode(text))
        .filter(id -> STEERING.contains(tokenizer.piece(id)))
        .toArray();
  }

  /** The rule by the book: leftmost, longest, and of tokens that steer only trusted ones. */
  private static List<String> expected(MarkedText marked) {
    List<String> all = new ArrayList<>(STEERING);
    all.addAll(List.of("   ", "\n\n\n"));
    List<String> found = new ArrayList<>();
    String text = marked.text();
    for (int i = 0; i < text.length(); ) {
      String best = "";
      for (String token : all) {
        boolean usable =
            token.isBlank()
                || i + token.length() <= text.length() && marked.isTrusted(i, i + token.length());
        if (usable && text.startsWith(token, i) && token.length() > best.length()) {
          best = token;
        }
      }
      if (STEERING.contains(best)) {
        found.add(best);
      }
      i += Math.max(1, best.length());
    }
    return found;
  }
}
