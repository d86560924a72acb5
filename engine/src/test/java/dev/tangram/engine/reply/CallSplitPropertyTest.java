package dev.tangram.engine.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each style of tool call, cut at every place and at every pair of places. */
class CallSplitPropertyTest {
  private static final String ONE =
      "<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>";
  private static final String TWO =
      "<tool_call>{\"name\": \"g\", \"arguments\": {\"x\": \"\u4f60\ud83d\ude00 <b>\"}}</tool_call>";
  private static final String XML =
      "<tool_call>\n<function=f>\n<parameter=a>\n1 < 2\n</parameter>\n</function>\n</tool_call>";
  private static final String BARE_XML = "<function=g>\n<parameter=a>x</parameter>\n</function>";
  private static final String LLAMA = "{\"name\": \"f\", \"parameters\": {\"x\": 1}}";

  static Stream<Arguments> replies() {
    CallStyle json = CallStyle.JSON_TAGGED;
    CallStyle xml = CallStyle.XML_TAGGED;
    CallStyle bare = CallStyle.JSON_BARE;
    return Stream.of(
        Arguments.of(json, ONE, List.of("call " + ONE)),
        Arguments.of(json, "Let me see.\n" + ONE, List.of("Let me see.", "call " + ONE)),
        Arguments.of(json, ONE + "\n" + TWO + "\n", List.of("call " + ONE, "call " + TWO)),
        Arguments.of(json, ONE + " and\n\n" + TWO, List.of("call " + ONE, "and", "call " + TWO)),
        Arguments.of(json, "a <tool> b <tool_ca", List.of("a <tool> b <tool_ca")),
        Arguments.of(json, "cut <tool_call>{\"na", List.of("cut", "call <tool_call>{\"na")),
        Arguments.of(
            json, "<think>" + ONE + "</think>\n" + TWO, List.of("think " + ONE, "call " + TWO)),
        Arguments.of(json, "no call, \n just text \n", List.of("no call, \n just text \n")),
        Arguments.of(xml, "x\n\n" + XML + "\n" + XML, List.of("x", "call " + XML, "call " + XML)),
        Arguments.of(xml, BARE_XML + "\n</tool", List.of("call " + BARE_XML, "</tool")),
        Arguments.of(bare, LLAMA, List.of("call " + LLAMA)),
        Arguments.of(bare, "\n" + LLAMA + "\n", List.of("call " + LLAMA)),
        Arguments.of(bare, "it is " + LLAMA, List.of("it is " + LLAMA)),
        Arguments.of(CallStyle.NONE, ONE, List.of(ONE)));
  }

  private static List<String> read(CallStyle style, String... pieces) {
    ReplyParser parser = new ReplyParser(Thinking.POSSIBLE, style);
    List<ReplyPart> parts = new ArrayList<>();
    for (String piece : pieces) {
      parts.addAll(parser.feed(piece));
    }
    parts.addAll(parser.finish());
    List<String> merged = new ArrayList<>();
    ReplyPart.Kind last = ReplyPart.Kind.CALL;
    for (ReplyPart part : parts) {
      String prefix =
          switch (part.kind()) {
            case REASONING -> "think ";
            case CONTENT -> "";
            case CALL -> "call ";
          };
      if (part.kind() == last && last != ReplyPart.Kind.CALL) {
        merged.add(merged.removeLast() + part.text());
      } else {
        merged.add(prefix + part.text());
      }
      last = part.kind();
    }
    return merged;
  }

  @ParameterizedTest
  @MethodSource("replies")
  void everyCutReadsAsTheWhole(CallStyle style, String text, List<String> expected) {
    assertThat(read(style, text)).isEqualTo(expected);
    assertThat(read(style, text.split(""))).isEqualTo(expected);
    for (int i = 0; i <= text.length(); i++) {
      for (int j = i; j <= text.length(); j++) {
        assertThat(read(style, text.substring(0, i), text.substring(i, j), text.substring(j)))
            .as("cut at %d and %d", i, j)
            .isEqualTo(expected);
      }
    }
  }
}
