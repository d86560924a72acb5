package dev.tangram.engine.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReplyParserPropertyTest {
  private record Reply(String reasoning, String content) {}

  private static Arguments reply(Thinking thinking, String text, String reasoning, String content) {
    return Arguments.of(thinking, text, new Reply(reasoning, content));
  }

  static Stream<Arguments> replies() {
    Thinking possible = Thinking.POSSIBLE;
    Thinking open = Thinking.OPEN;
    return Stream.of(
        reply(possible, "<think>\nwhy\n</think>\n\nbecause", "why", "because"),
        reply(possible, "\n<think>why</think>because\n", "why", "because\n"),
        reply(possible, "<think>\n\n</think>\n\nonly this", "", "only this"),
        reply(possible, "  no thoughts\n at all ", "", "  no thoughts\n at all "),
        reply(possible, "<think>cut off in the mid", "cut off in the mid", ""),
        reply(possible, "<think>ends in a tag's beginning </thi", "ends in a tag's beginning </thi", ""),
        reply(possible, "<thinking aloud", "", "<thinking aloud"),
        reply(possible, "the tag `<think>` is text here", "", "the tag `<think>` is text here"),
        reply(possible, "one\n<think>two</think>\nthree", "two", "one\nthree"),
        reply(possible, "<think>a</think>b\n  <think> c </think> d", "ac", "b\nd"),
        reply(possible, "<think>a < b </ c</think>x", "a < b </ c", "x"),
        reply(possible, "", "", ""),
        reply(possible, "   ", "", "   "),
        reply(open, "\nwhy\n\nstill\n</think>\n\nbecause", "why\n\nstill", "because"),
        reply(open, "</think>at once", "", "at once"),
        reply(open, "never ends \n", "never ends", ""),
        reply(open, "why</think>\n", "why", ""),
        reply(open, "\u4f60\ud83d\ude00</think>\u597d", "\u4f60\ud83d\ude00", "\u597d"),
        reply(Thinking.NONE, "<think>all text</think> ", "", "<think>all text</think> "));
  }

  private static Reply read(Thinking thinking, Iterable<String> pieces) {
    ReplyParser parser = new ReplyParser(thinking);
    List<ReplyPart> parts = new ArrayList<>();
    pieces.forEach(piece -> parts.addAll(parser.feed(piece)));
    parts.addAll(parser.finish());
    assertThat(parts).allMatch(part -> !part.text().isEmpty());
    return new Reply(text(parts, ReplyPart.Kind.REASONING), text(parts, ReplyPart.Kind.CONTENT));
  }

  private static String text(List<ReplyPart> parts, ReplyPart.Kind kind) {
    StringBuilder text = new StringBuilder();
    parts.stream().filter(part -> part.kind() == kind).forEach(part -> text.append(part.text()));
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource("replies")
  void everySplitInTwoReadsAsTheWhole(Thinking thinking, String text, Reply expected) {
    for (int i = 0; i <= text.length(); i++) {
      assertThat(read(thinking, List.of(text.substring(0, i), text.substring(i))))
          .as("cut at %d", i)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("replies")
  void characterByCharacterReadsAsTheWhole(Thinking thinking, String text, Reply expected) {
    assertThat(read(thinking, text.chars().mapToObj(Character::toString).toList()))
        .isEqualTo(expected);
  }

  @Test
  void randomTextsReadTheSameHoweverTheyAreCut() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] words = {"<think>", "</think>", "<", "</", "think>", " ", "\n", "\n\n", "a", "<th", "b c"};
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(words[random.nextInt(words.length)]);
      }
      Thinking thinking = Thinking.values()[random.nextInt(3)];
      List<String> pieces = new ArrayList<>();
      int from = 0;
      while (from < text.length()) {
        int to = Math.min(text.length(), from + 1 + random.nextInt(6));
        pieces.add(text.substring(from, to));
        from = to;
      }
      assertThat(read(thinking, pieces))
          .as("seed %d: %s cut into %s", seed, thinking, pieces)
          .isEqualTo(read(thinking, List.of(text.toString())));
    }
  }

  @Test
  void aLongReplyTakesLinearTime() {
    String text = "<think>" + "word ".repeat(200_000) + "</think>" + "line\n".repeat(200_000);
    ReplyParser parser = new ReplyParser(Thinking.POSSIBLE);
    int length = 0;
    for (int i = 0; i < text.length(); i += 7) {
      for (ReplyPart part : parser.feed(text.substring(i, Math.min(text.length(), i + 7)))) {
        length += part.text().length();
      }
    }
    assertThat(length).isGreaterThan(1_900_000);
  }
}
