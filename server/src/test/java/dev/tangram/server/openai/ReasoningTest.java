package dev.tangram.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.schedule.FinishReason;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.Templates;
import dev.tangram.server.fake.TestServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wire notes 11: reasoning has fields of its own and never leaks into the content. */
class ReasoningTest {
  private static final String USER = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
  private static final String REPLY = "Let me see.\n</think>\n\nSo be it.";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    server.engine().template(Templates.thinking());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void script() {
    server.engine().play(Script.saying(REPLY));
  }

  private static JsonNode whole(String fields) {
    var answer = server.post("/v1/chat/completions", "{\"model\":\"fake\"," + fields + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestServer.json(answer.body());
  }

  private static List<JsonNode> stream(String fields) {
    var answer =
        server.post("/v1/chat/completions", "{\"model\":\"fake\",\"stream\":true," + fields + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    List<String> events = TestServer.events(answer.body());
    return events.subList(0, events.size() - 1).stream().map(TestServer::json).toList();
  }

  private static String joined(List<JsonNode> chunks, String field) {
    StringBuilder text = new StringBuilder();
    chunks.forEach(chunk -> text.append(chunk.at("/choices/0/delta/" + field).asText("")));
    return text.toString();
  }

  private static int prompted(String fields) {
    whole(fields);
    return server.engine().generations().getLast().request().prompt().length;
  }

  @Test
  void wholeHasBothNamesAndCountsItsTokens() {
    JsonNode object = whole(USER);
    JsonNode message = object.at("/choices/0/message");

    assertThat(message.get("content").asText()).isEqualTo("So be it.");
    assertThat(message.get("reasoning_content").asText()).isEqualTo("Let me see.");
    assertThat(message.get("reasoning").asText()).isEqualTo("Let me see.");
    // The fake's tokens are bytes: the reasoning, a line break, the closing tag.
    assertThat(object.at("/usage/completion_tokens_details/reasoning_tokens").asInt())
        .isEqualTo("Let me see.\n</think>".length());
  }

  @Test
  void streamAddsUpToTheWhole() {
    List<JsonNode> chunks = stream(USER + ",\"stream_options\":{\"include_usage\":true}");

    assertThat(joined(chunks, "content")).isEqualTo("So be it.");
    assertThat(joined(chunks, "reasoning_content")).isEqualTo("Let me see.");
    assertThat(joined(chunks, "reasoning")).isEqualTo("Let me see.");
    assertThat(
            chunks.getLast().at("/usage/completion_tokens_details/reasoning_tokens").asInt())
        .isEqualTo("Let me see.\n</think>".length());
  }

  @Test
  void withoutThinkingTheWholeReplyIsContent() {
    server.engine().play(Script.saying("So be it."));
    for (String off :
        List.of(
            "\"enable_thinking\":false",
            "\"chat_template_kwargs\":{\"enable_thinking\":false}",
            "\"reasoning_effort\":\"none\"")) {
      JsonNode message = whole(USER + "," + off).at("/choices/0/message");
      assertThat(message.get("content").asText()).isEqualTo("So be it.");
      assertThat(message.get("reasoning_content").isNull()).isTrue();
    }
    assertThat(prompted(USER + ",\"enable_thinking\":false")).isGreaterThan(prompted(USER));
  }

  @Test
  void aReplyCutWhileItReasonsHasNoContent() {
    server.engine().play(Script.saying("Let me see").ending(FinishReason.LENGTH));
    JsonNode choice = whole(USER).at("/choices/0");

    assertThat(choice.at("/message/content").asText()).isEmpty();
    assertThat(choice.at("/message/reasoning_content").asText()).isEqualTo("Let me see");
    assertThat(choice.get("finish_reason").asText()).isEqualTo("length");
  }

  @Test
  void unseparatedItStaysInTheContent() {
    JsonNode message = whole(USER + ",\"separate_reasoning\":false").at("/choices/0/message");

    assertThat(message.get("content").asText()).isEqualTo(REPLY);
    assertThat(message.has("reasoning_content")).isFalse();
  }

  @Test
  void earlierReasoningReachesTheTemplateUnderEitherName() {
    String turns =
        "\"messages\":[{\"role\":\"assistant\",\"content\":\"x\"%s},{\"role\":\"user\",\"content\":\"Hi\"}]";
    int without = prompted(turns.formatted(""));

    assertThat(prompted(turns.formatted(",\"reasoning_content\":\"abc\"")))
        .isEqualTo(prompted(turns.formatted(",\"reasoning\":\"abc\"")))
        .isEqualTo(without + "<think>abc</think>".length());
  }

  @Test
  void anUnknownEffortIsRefused() {
    var answer =
        server.post(
            "/v1/chat/completions",
            "{\"model\":\"fake\"," + USER + ",\"reasoning_effort\":\"huge\"}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("reasoning_effort", "minimal");
  }
}
