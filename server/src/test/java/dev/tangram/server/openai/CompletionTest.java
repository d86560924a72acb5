package dev.tangram.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.server.fake.FakeEngine;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.TestServer;
import java.util.List;
import java.util.Locale;
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

  private static JsonNode whole(String fields) {
    var answer = server.post("/v1/completions", "{\"model\":\"fake\"," + fields + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestServer.json(answer.body());
  }

  @Test
  void sixteenTokensUnlessAsked() {
    server.engine().play(Script.saying("abc").forever());
    assertThat(whole("\"prompt\":\"Hi\"").at("/usage/completion_tokens").asInt()).isEqualTo(16);
  }

  @Test
  void everyFormOfPrompt() {
    server
        .engine()
        .play(request -> Script.saying(FakeEngine.text(request).toUpperCase(Locale.ROOT)));
    assertThat(texts("\"ab\"")).containsExactly("AB");
    assertThat(texts("[\"ab\",\"cd\"]")).containsExactly("AB", "CD");
    assertThat(texts("[97,98]")).containsExactly("AB");
    assertThat(texts("[[97,98],[99]]")).containsExactly("AB", "C");
  }

  private static List<String> texts(String prompt) {
    return whole("\"prompt\":" + prompt)
        .get("choices")
        .valueStream()
        .map(c -> c.get("text").asText())
        .toList();
  }

  @Test
  void choicesOfManyPromptsAreInOrder() {
    server.engine().play(request -> Script.saying(FakeEngine.text(request)));
    JsonNode body = whole("\"prompt\":[\"a\",\"bc\"],\"n\":2");
    assertThat(body.get("choices").valueStream().map(c -> c.get("text").asText()))
        .containsExactly("a", "a", "bc", "bc");
    assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
    assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(6);
  }

  @Test
  void echoWithLogprobsScoresThePrompt() {
    server.engine().play(Script.saying("xyz"));
    JsonNode choice =
        whole("\"prompt\":\"ab\",\"echo\":true,\"logprobs\":1,\"max_tokens\":2").at("/choices/0");
    assertThat(choice.get("text").asText()).isEqualTo("abxy");
    JsonNode logprobs = choice.get("logprobs");
    assertThat(logprobs.get("tokens").valueStream().map(JsonNode::asText))
        .containsExactly("a", "b", "x", "y");
    assertThat(logprobs.get("token_logprobs").get(0).isNull()).isTrue();
    assertThat(logprobs.get("top_logprobs").get(0).isNull()).isTrue();
    assertThat(logprobs.get("top_logprobs").get(1)).hasSize(1);
    assertThat(logprobs.get("text_offset").valueStream().map(JsonNode::asInt))
        .containsExactly(0, 1, 2, 3);
    JsonNode scoredOnly = whole("\"prompt\":\"ab\",\"echo\":true,\"logprobs\":0,\"max_tokens\":0");
    assertThat(scoredOnly.at("/choices/0/text").asText()).isEqualTo("ab");
    assertThat(scoredOnly.at("/choices/0/logprobs/tokens")).hasSize(2);
    assertThat(scoredOnly.at("/choices/0/finish_reason").asText()).isEqualTo("length");
  }

  @Test
  void partsOfCharactersAreSpelledAsBytes() {
    server.engine().play(Script.saying("\u20ac"));
    JsonNode logprobs = whole("\"prompt\":\"ab\",\"logprobs\":0").at("/choices/0/logprobs");
    assertThat(logprobs.get("tokens").valueStream().map(JsonNode::asText))
        .containsExactly("bytes:\\xe2", "bytes:\\x82", "bytes:\\xac");
  }

  @Test
  void streamedEqualsWholeInEveryForm() {
    server.engine().play(Script.saying("one \ud83d\ude00 two"));
    for (String fields :
        List.of(
            "\"prompt\":\"ab\"",
            "\"prompt\":\"ab\",\"echo\":true",
            "\"prompt\":[\"ab\",\"cd\"],\"n\":2,\"echo\":true",
            "\"prompt\":\"ab\",\"echo\":true,\"logprobs\":1",
            "\"prompt\":\"ab\",\"stop\":\" t\"",
            "\"prompt\":\"ab\",\"return_token_ids\":true",
            "\"prompt\":\"ab\",\"echo\":true,\"max_tokens\":0")) {
      JsonNode whole = whole(fields);
      var answer =
          server.post("/v1/completions", "{\"model\":\"fake\",\"stream\":true," + fields + "}");
      int choices = whole.get("choices").size();
      var texts = new StringBuilder[choices];
      var reasons = new String[choices];
      var ids = new int[choices];
      var scored = new int[choices];
      for (String event : TestServer.events(answer.body())) {
        if (event.equals("[DONE]")) {
          continue;
        }
        JsonNode choice = TestServer.json(event).at("/choices/0");
        int index = choice.get("index").asInt();
        texts[index] = texts[index] == null ? new StringBuilder() : texts[index];
        texts[index].append(choice.get("text").asText());
        ids[index] += choice.path("token_ids").size();
        scored[index] += choice.path("logprobs").path("tokens").size();
        if (!choice.get("finish_reason").isNull()) {
          reasons[index] = choice.get("finish_reason").asText();
        }
      }
      for (int i = 0; i < choices; i++) {
        JsonNode choice = whole.get("choices").get(i);
        assertThat(texts[i].toString()).as(fields).isEqualTo(choice.get("text").asText());
        assertThat(reasons[i]).as(fields).isEqualTo(choice.get("finish_reason").asText());
        assertThat(ids[i]).as(fields).isEqualTo(choice.path("token_ids").size());
        assertThat(scored[i]).as(fields).isEqualTo(choice.path("logprobs").path("tokens").size());
      }
    }
  }
}
