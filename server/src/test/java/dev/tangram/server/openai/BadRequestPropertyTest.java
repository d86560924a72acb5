package dev.tangram.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.Templates;
import dev.tangram.server.fake.TestServer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * RQ-1: every field of the table with every value at, beside and far from its bounds, and of every
 * wrong type.
 */
class BadRequestPropertyTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String COMPLETIONS = "/v1/completions";
  private static final String USER = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
  private static final List<String> WRONG_TYPES =
      List.of("\"1\"", "[]", "[1]", "{}", "{\"a\":1}", "true", "\"" + "x".repeat(65_536) + "\"");
  private static final List<String> HUGE =
      List.of(
          "1e308",
          "-1e308",
          "1e999",
          "-1e999",
          "9223372036854775808",
          "-9223372036854775809",
          "1" + "0".repeat(300));

  private static final List<Long> MILLIS = new ArrayList<>();

  private static TestServer server;
  private int sent;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    server.engine().template(Templates.chatMl()).play(Script.saying("ok"));
    // Class loading is not what the 50 ms are about.
    server.post(CHAT, "{\"model\":\"fake\",\"n\":0," + USER + "}");
  }

  /** Each below 50 ms by the catalogue; nine in ten of them on a machine with other tenants. */
  @AfterAll
  static void quicklyRefused() {
    server.close();
    Collections.sort(MILLIS);
    assertThat(MILLIS.get(MILLIS.size() * 9 / 10)).as("ms to refuse").isLessThan(50);
  }

  @Test
  void numbersAtAndBeyondTheirBounds() {
    for (NumberField field : NumberField.values()) {
      String path = path(field);
      for (String value : beyond(field)) {
        refused(path, body(path, field, value), field.wireName());
      }
      for (String value : within(field)) {
        var answer = server.post(path, body(path, field, value));
        assertThat(answer.statusCode())
            .as("%s = %s: %s", field, value, answer.body())
            .isEqualTo(200);
      }
    }
    System.out.println("RQ-1 numbers: " + sent + " refused");
  }

  private static String path(NumberField field) {
    return switch (field) {
      case LOGPROBS, MAX_TOKENS, BEST_OF -> COMPLETIONS;
      default -> CHAT;
    };
  }

  private static String body(String path, NumberField field, String value) {
    String start = path.equals(CHAT) ? USER : "\"prompt\":\"Hi\"";
    return switch (field) {
      case LOGIT_BIAS ->
          "{\"model\":\"fake\",%s,\"logit_bias\":{\"5\":%s}}".formatted(start, value);
      case TOP_LOGPROBS ->
          "{\"model\":\"fake\",%s,\"logprobs\":true,\"top_logprobs\":%s}".formatted(start, value);
      default -> "{\"model\":\"fake\",%s,\"%s\":%s}".formatted(start, field.wireName(), value);
    };
  }

  private static List<String> beyond(NumberField field) {
    var values = new ArrayList<String>(WRONG_TYPES);
    if (field.whole()) {
      values.addAll(List.of("1.5", "1e0", "-0.5"));
      values.addAll(HUGE);
      BigInteger step = BigInteger.ONE;
      values.add(BigInteger.valueOf((long) field.least()).subtract(step).toString());
      values.add(BigInteger.valueOf((long) field.most()).add(step).toString());
    } else {
      values.addAll(HUGE);
      values.add(new BigDecimal(Math.nextDown(field.least())).toPlainString());
      values.add(new BigDecimal(Math.nextUp(field.most())).toPlainString());
      values.add(BigDecimal.valueOf(field.least()).subtract(BigDecimal.ONE).toPlainString());
    }
    return values;
  }

  private static List<String> within(NumberField field) {
    var values = new ArrayList<String>(List.of("null"));
    if (field == NumberField.LOGIT_BIAS) {
      values.clear();
    }
    if (field.whole()) {
      values.add(Long.toString((long) field.least()));
      // The greatest number of tokens is allowed by the table and then too long for the context.
      values.add(
          switch (field) {
            case MAX_TOKENS, MAX_COMPLETION_TOKENS -> "100";
            default -> Long.toString((long) field.most());
          });
    } else {
      values.add(Double.toString(field.least()));
      values.add(Double.toString(field.most()));
    }
    return values;
  }

  @Test
  void notJson() {
    for (String body :
        List.of(
            "",
            "null",
            "[]",
            "\"x\"",
            "1",
            "{",
            "{\"model\"}",
            "{\"model\":\"fake\",}",
            "{'model':'fake'}",
            "{\"model\":NaN}",
            "{\"model\":\"fake\"} {}",
            "{\"model\":\"fake\"}x",
            "\u0000",
            "\ufeff",
            "<xml/>")) {
      var answer = server.post(CHAT, body);
      assertThat(answer.statusCode()).as(body).isEqualTo(400);
      assertThat(TestServer.json(answer.body()).at("/error/code").asText())
          .isEqualTo("invalid_json");
    }
  }

  @Test
  void damagedFields() {
    refused(CHAT, "{\"model\":\"fake\",\"temperature\":NaN," + USER + "}", "temperature");
    refused(CHAT, "{\"model\":\"fake\",\"temperature\":Infinity," + USER + "}", "temperature");
    refused(
        CHAT,
        "{\"model\":\"fake\",\"temperature\":1,\"temperature\":2," + USER + "}",
        "temperature");
    refused(
        CHAT, "{\"model\":\"fake\",\"deep\":" + "[".repeat(1000) + "]".repeat(1000) + "}", "deep");
    refused(
        CHAT,
        "{\"model\":\"fake\",\"deep\":" + "{\"a\":".repeat(1000) + "1" + "}".repeat(1001),
        "deep");
    refused(CHAT, "{\"model\":\"fake\",\"seed\":" + "9".repeat(5000) + "," + USER + "}", "seed");
  }

  @Test
  void textsAndLists() {
    refused(CHAT, "{" + USER + "}", "model");
    refused(CHAT, "{\"model\":1," + USER + "}", "model");
    refused(CHAT, "{\"model\":\"\"," + USER + "}", "model");
    refused(CHAT, "{\"model\":\"%s\",%s}".formatted("x".repeat(65_536), USER), "model");
    refused(CHAT, "{\"model\":\"fake\"}", "messages");
    refusedMessages("[]", "messages");
    refusedMessages("{}", "messages");
    refusedMessages("\"Hi\"", "messages");
    refusedMessages("[1]", "messages[0]");
    refusedMessages("[{\"content\":\"Hi\"}]", "messages[0].role");
    refusedMessages("[{\"role\":\"robot\",\"content\":\"Hi\"}]", "messages[0].role");
    refusedMessages("[{\"role\":\"user\"}]", "messages[0].content");
    refusedMessages("[{\"role\":\"user\",\"content\":null}]", "messages[0].content");
    refusedMessages("[{\"role\":\"user\",\"content\":1}]", "messages[0].content");
    refusedMessages("[{\"role\":\"user\",\"content\":[1]}]", "messages[0].content[0]");
    refusedMessages(
        "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://127.0.0.1:1/x\"}}]}]",
        "messages[0].content[0].type");
    refusedMessages(
        "[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]", "messages[0].content[0].text");
    refusedMessages(
        "[{\"role\":\"assistant\",\"tool_calls\":[{}]}]", "messages[0].tool_calls[0].function");
    refusedChat("\"stop\":1", "stop");
    refusedChat("\"stop\":\"\"", "stop");
    refusedChat("\"stop\":[\"\"]", "stop");
    refusedChat("\"stop\":[1]", "stop");
    refusedChat("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop");
    refusedChat("\"stop\":\"" + "x".repeat(65_536) + "\"", "stop");
    refusedChat("\"logit_bias\":[]", "logit_bias");
    refusedChat("\"logit_bias\":{\"x\":1}", "logit_bias");
    refusedChat("\"logit_bias\":{\"-1\":1}", "logit_bias");
    refusedChat("\"logit_bias\":{\"260\":1}", "logit_bias");
    refusedChat("\"logit_bias\":{\"99999999999\":1}", "logit_bias");
    refusedChat("\"stream\":\"yes\"", "stream");
    refusedChat("\"stream_options\":true", "stream_options");
    refusedChat("\"stream_options\":{\"include_usage\":1}", "stream_options.include_usage");
    refusedChat("\"top_logprobs\":3", "top_logprobs");
    refusedChat("\"logprobs\":3", "logprobs");
    refusedChat("\"response_format\":{\"type\":\"json_object\"}", "response_format");
    refusedChat(
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{}}", "response_format");
    refusedChat("\"tools\":{}", "tools");
    refusedChat("\"tools\":[{\"type\":\"function\"}]", "tools[0].function");
    refusedChat(
        "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}]",
        "tools[0].function.name");
    refusedChat("\"tool_choice\":\"maybe\"", "tool_choice");
    refusedChat("\"tool_choice\":\"required\"", "tool_choice");
    refusedChat(
        "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", "tool_choice");
    refusedChat("\"chat_template_kwargs\":{\"chat_template\":\"x\"}", "chat_template_kwargs");
    refusedChat("\"chat_template_kwargs\":{\"a\":{}}", "chat_template_kwargs");
    refusedChat("\"max_tokens\":0", "max_tokens");
    String biases =
        java.util.stream.IntStream.range(0, 301)
            .mapToObj(i -> "\"" + i + "\":1")
            .collect(java.util.stream.Collectors.joining(","));
    refusedChat("\"logit_bias\":{" + biases + "}", "logit_bias");
  }

  /** SS-3: nothing in a body steers the server. */
  @Test
  void steeringFields() {
    for (String field : List.of("api_base", "base_url", "chat_template", "model_path")) {
      refusedChat("\"%s\":\"http://127.0.0.1:1/\"".formatted(field), field);
      refusedChat("\"%s\":null".formatted(field), field);
    }
  }

  @Test
  void prompts() {
    for (String prompt :
        List.of(
            "\"\"",
            "[]",
            "[\"\"]",
            "[[]]",
            "{}",
            "1",
            "true",
            "[\"a\",1]",
            "[1,\"a\"]",
            "[-1]",
            "[1.5]",
            "[260]",
            "[[1],\"a\"]",
            "[99999999999]",
            "[null]")) {
      refused(COMPLETIONS, "{\"model\":\"fake\",\"prompt\":" + prompt + "}", "prompt");
    }
    refused(COMPLETIONS, "{\"model\":\"fake\"}", "prompt");
    refused(COMPLETIONS, "{\"model\":\"fake\",\"prompt\":\"Hi\",\"suffix\":\"x\"}", "suffix");
  }

  /** RQ-2: what can never fit is refused at once and never waits. */
  @Test
  void tooLongForTheContext() {
    int before = server.engine().generations().size();
    for (String body :
        List.of(
            "{\"model\":\"fake\",\"prompt\":\"" + "a".repeat(5000) + "\"}",
            "{\"model\":\"fake\",\"prompt\":\"" + "a".repeat(4090) + "\",\"max_tokens\":7}",
            "{\"model\":\"fake\",\"prompt\":\"a\",\"max_tokens\":2147483647}",
            "{\"model\":\"fake\",\"prompt\":[\"a\",\"" + "a".repeat(5000) + "\"]}")) {
      var answer = server.post(COMPLETIONS, body);
      assertThat(answer.statusCode()).isEqualTo(400);
      JsonNode error = TestServer.json(answer.body()).get("error");
      assertThat(error.get("code").asText()).isEqualTo("context_length_exceeded");
      assertThat(error.get("param").asText()).isEqualTo("prompt");
    }
    assertThat(server.engine().generations()).hasSize(before);
    var fits =
        server.post(
            COMPLETIONS,
            "{\"model\":\"fake\",\"prompt\":\"" + "a".repeat(4090) + "\",\"max_tokens\":6}");
    assertThat(fits.statusCode()).isEqualTo(200);
  }

  /** Bytes of a good body, changed at random: always an answer, never 500. */
  @Test
  void mutants() {
    long seed = Long.getLong("tangram.seed", System.nanoTime());
    System.out.println("seed=" + seed + " replay: -Dtangram.seed=" + seed);
    var random = new Random(seed);
    byte[] good =
        ("{\"model\":\"fake\",\"temperature\":0.5,\"n\":2,\"stop\":[\"a\"],\"logit_bias\":{\"5\":1},"
                + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],"
                + USER
                + "}")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    for (int i = 0; i < 1500; i++) {
      byte[] mutant = good.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        mutant[random.nextInt(mutant.length)] =
            (byte)
                (random.nextBoolean()
                    ? random.nextInt(256)
                    : "{}[]\",:0-9e".charAt(random.nextInt(11)));
      }
      var answer =
          server.send(
              java.net.http.HttpRequest.newBuilder(server.uri(CHAT))
                  .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(mutant)));
      assertThat(answer.statusCode()).as("mutant %d of seed %d", i, seed).isIn(200, 400, 404);
    }
    assertThat(server.engine().live()).isZero();
  }

  private void refusedChat(String field, String param) {
    refused(CHAT, "{\"model\":\"fake\"," + USER + "," + field + "}", param);
  }

  private void refusedMessages(String messages, String param) {
    refused(CHAT, "{\"model\":\"fake\",\"messages\":" + messages + "}", param);
  }

  private void refused(String path, String body, String param) {
    sent++;
    String shown = body.length() > 200 ? body.substring(0, 200) + "..." : body;
    int before = server.engine().generations().size();
    long start = System.nanoTime();
    var answer = server.post(path, body);
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertThat(answer.statusCode()).as("%s: %s", shown, answer.body()).isEqualTo(400);
    JsonNode error = TestServer.json(answer.body()).get("error");
    assertThat(error.get("param").asText()).as("%s: %s", shown, error).isEqualTo(param);
    assertThat(error.get("message").asText()).hasSizeLessThan(400);
    MILLIS.add(millis);
    assertThat(server.engine().generations()).as(shown).hasSize(before);
  }
}
