package dev.tangram.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.TestServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CompletionTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void wholeCompletion() {
    server.engine().play(Script.saying("grüß dich"));
    var answer = server.post("/v1/completions", "{\"model\":\"fake\",\"prompt\":\"Hi\"}");
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode body = TestServer.json(answer.body());
    assertThat(body.at("/choices/0/text").asText()).isEqualTo("grüß dich");
    assertThat(body.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(2);
    assertThat(body.at("/object").asText()).isEqualTo("text_completion");
    assertThat(answer.headers().firstValue("x-request-id")).isPresent();
  }

  @Test
  void streamedCompletion() {
    server.engine().play(Script.saying("grüß dich").every(2));
    var answer =
        server.post(
            "/v1/completions",
            """
            {"model":"fake","prompt":"Hi","stream":true,"stream_options":{"include_usage":true}}
            """);
    assertThat(answer.statusCode()).isEqualTo(200);
    List<String> events = TestServer.events(answer.body());
    assertThat(events.getLast()).isEqualTo("[DONE]");
    var text = new StringBuilder();
    for (String event : events.subList(0, events.size() - 2)) {
      text.append(TestServer.json(event).at("/choices/0/text").asText());
    }
    assertThat(text.toString()).isEqualTo("grüß dich");
    JsonNode usage = TestServer.json(events.get(events.size() - 2));
    assertThat(usage.at("/choices")).isEmpty();
    assertThat(usage.at("/usage/completion_tokens").asInt()).isEqualTo(11);
  }
}
