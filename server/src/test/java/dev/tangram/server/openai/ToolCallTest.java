package dev.tangram.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.schedule.FinishReason;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.Templates;
import dev.tangram.server.fake.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Wire notes 1.4 and 1.5: tool calls, streamed and whole, in every style that models write. */
class ToolCallTest {
  private static final String BODY =
      """
      {"model":"fake","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function",
      "function":{"name":"add","parameters":{"type":"object","properties":{"a":{"type":"integer"},
      "b":{"type":"number"},"note":{"type":"string"},"list":{"type":"array"},"on":{"type":"boolean"},
      "any":{},"some":{"type":["integer","null"]},
      "other":{"anyOf":[{"type":"object"},{"type":"string"}]}}}}}]%s}""";
  private static final String TAGGED = "<tool_call>";
  private static final String XML = "<tool_call><function=";
  private static final String LLAMA = "<|python_tag|>";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** The style's mark, the reply, its content, then name and arguments of each call. */
  static Stream<Arguments> replies() {
    return Stream.of(
        Arguments.of(
            TAGGED,
            "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>",
            null,
            List.of("add {\"a\":1}")),
        Arguments.of(
            TAGGED,
            "Both:\n<tool_call>{\"name\":\"add\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"add\","
                + "\"arguments\":\"{\\\"note\\\": \\\"\u4f60 \ud83d\ude00\\\"}\"}</tool_call>",
            "Both:",
            List.of("add {}", "add {\"note\":\"\u4f60 \ud83d\ude00\"}")),
        Arguments.of(
            TAGGED,
            "<tool_call>{\"name\":\"add\",\"arguments\":{\"b\":2.50}}",
            null,
            List.of("add {\"b\":2.5}")),
        Arguments.of(
            TAGGED,
            "<tool_call>{\"name\": oops}</tool_call>",
            "<tool_call>{\"name\": oops}</tool_call>",
            List.of()),
        Arguments.of(
            XML,
            "<tool_call>\n<function=add>\n<parameter=a>\n7\n</parameter>\n<parameter=note>\n\n two\nlines\n\n"
                + "</parameter>\n<parameter=list>[1, \"x\"]</parameter><parameter=on>True</parameter>\n</function>\n"
                + "</tool_call>",
            null,
            List.of(
                "add {\"a\":7,\"note\":\"\\n two\\nlines\\n\",\"list\":[1,\"x\"],\"on\":true}")),
        Arguments.of(
            XML,
            "<function=add>\n<parameter=a>\nseven\n<parameter=b>\n1e3\n</parameter>\n</function>",
            null,
            List.of("add {\"a\":\"seven\",\"b\":1000.0}")),
        Arguments.of(XML, "<function=add></function>", null, List.of("add {}")),
        Arguments.of(
            XML,
            "<function=add><parameter=some>4</parameter><parameter=other>5</parameter></function>"
                + "<function=add><parameter=some>None</parameter><parameter=other>{}</parameter></function>",
            null,
            List.of("add {\"some\":4,\"other\":\"5\"}", "add {\"some\":null,\"other\":{}}")),
        Arguments.of(
            LLAMA,
            "{\"name\": \"add\", \"parameters\": {\"a\": 3}}",
            null,
            List.of("add {\"a\":3}")),
        Arguments.of(LLAMA, "{not a call}", "{not a call}", List.of()));
  }

  private static String post(String more) {
    var answer = server.post("/v1/chat/completions", BODY.formatted(more));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static List<JsonNode> stream() {
    List<String> events = TestServer.events(post(",\"stream\":true"));
    return events.subList(0, events.size() - 1).stream().map(TestServer::json).toList();
  }

  @ParameterizedTest
  @MethodSource("replies")
  void wholeAnswersHaveTheCalls(String mark, String reply, String content, List<String> calls) {
    server.engine().template(Templates.calling(mark));
    server.engine().play(Script.saying(reply));
    JsonNode choice = TestServer.json(post("")).at("/choices/0");

    JsonNode said = choice.at("/message/content");
    assertThat(said.isNull() ? null : said.asText()).isEqualTo(content);
    List<String> found = new ArrayList<>();
    for (JsonNode call : choice.at("/message/tool_calls")) {
      assertThat(call.get("id").asText()).startsWith("call_");
      assertThat(call.get("type").asText()).isEqualTo("function");
      found.add(call.at("/function/name").asText() + " " + call.at("/function/arguments").asText());
    }
    assertThat(found).isEqualTo(calls);
    assertThat(choice.get("finish_reason").asText())
        .isEqualTo(calls.isEmpty() ? "stop" : "tool_calls");
  }

  @ParameterizedTest
  @MethodSource("replies")
  void streamsAddUpToTheSame(String mark, String reply, String content, List<String> calls) {
    server.engine().template(Templates.calling(mark));
    server.engine().play(Script.saying(reply));
    StringBuilder said = new StringBuilder();
    List<String> names = new ArrayList<>();
    List<StringBuilder> arguments = new ArrayList<>();
    List<JsonNode> chunks = stream();
    for (JsonNode chunk : chunks) {
      JsonNode delta = chunk.at("/choices/0/delta");
      said.append(delta.path("content").asText(""));
      for (JsonNode call : delta.path("tool_calls")) {
        int index = call.get("index").intValue();
        if (call.has("id")) {
          assertThat(index).isEqualTo(names.size());
          assertThat(call.get("type").asText()).isEqualTo("function");
          names.add(call.at("/function/name").asText());
          arguments.add(new StringBuilder());
        } else {
          assertThat(call.has("type") || call.get("function").has("name")).isFalse();
        }
        arguments.get(index).append(call.at("/function/arguments").asText());
      }
    }
    List<String> found = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      found.add(names.get(i) + " " + arguments.get(i));
    }
    assertThat(said).hasToString(content == null ? "" : content);
    assertThat(found).isEqualTo(calls);
    assertThat(chunks.getLast().at("/choices/0/finish_reason").asText())
        .isEqualTo(calls.isEmpty() ? "stop" : "tool_calls");
  }

  @Test
  void aCutReplyEndsWithLength() {
    server.engine().template(Templates.calling(TAGGED));
    String whole = "<tool_call>{\"name\":\"add\",\"arguments\":{}}</tool_call>";
    server.engine().play(Script.saying(whole + "<tool_call>{\"na").ending(FinishReason.LENGTH));
    JsonNode choice = TestServer.json(post("")).at("/choices/0");

    assertThat(choice.get("finish_reason").asText()).isEqualTo("length");
    assertThat(choice.at("/message/tool_calls")).hasSize(1);
    assertThat(choice.at("/message/content").asText()).isEqualTo("<tool_call>{\"na");
  }

  @Test
  void withoutToolsTagsAreText() {
    server.engine().template(Templates.calling(TAGGED));
    String text = "<tool_call>{\"name\":\"add\",\"arguments\":{}}</tool_call>";
    server.engine().play(Script.saying(text));
    JsonNode choice = TestServer.json(post(",\"tool_choice\":\"none\"")).at("/choices/0");

    assertThat(choice.at("/message/content").asText()).isEqualTo(text);
    assertThat(choice.get("finish_reason").asText()).isEqualTo("stop");
  }
}
