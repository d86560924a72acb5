package dev.tangram.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.FinishReason;
import dev.tangram.server.ConfigText;
import dev.tangram.server.ServerOptions;
import dev.tangram.server.fake.FakeEngine;
import dev.tangram.server.fake.RawHttp;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.Templates;
import dev.tangram.server.fake.TestServer;
import dev.tangram.server.http.ApiKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * LG-1, LG-2: keys, prompts, answers and headers are in no log, metric or error body, at the finest
 * level.
 */
class CanaryTest {
  private static final String KEY = "sk-CANARYKEY-0123456789";
  private static final String WRONG_KEY = "sk-CANARYWRONG-0123456789";
  private static final String PROMPT = "CANARYPROMPT";
  private static final String ANSWER = "CANARYANSWER";
  private static final String HEADER = "CANARYHEADER";
  private static final String AUTH =
      "Authorization: Bearer " + KEY + "\r\nX-Other: " + HEADER + "\r\nConnection: close\r\n";

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final ByteArrayOutputStream careless = new ByteArrayOutputStream();
  private final List<String> bodies = new ArrayList<>();

  @AfterEach
  void quiet() {
    LogSetup.install(System.err, Level.WARNING);
    Collections.list(LogManager.getLogManager().getLoggerNames())
        .forEach(name -> Logger.getLogger(name).setLevel(null));
    Logger.getLogger("").setLevel(Level.WARNING);
  }

  private void loud() {
    LogSetup.install(new PrintStream(log, true, StandardCharsets.UTF_8), Level.ALL);
    // The control: what a careless handler would have written.
    Logger.getLogger("")
        .addHandler(
            new StreamHandler(careless, new SimpleFormatter()) {
              @Override
              public synchronized void publish(LogRecord record) {
                super.publish(record);
                flush();
              }

              @Override
              public boolean isLoggable(LogRecord record) {
                return true;
              }
            });
    for (String name : Collections.list(LogManager.getLogManager().getLoggerNames())) {
      Logger.getLogger(name).setLevel(Level.ALL);
    }
    for (String name : List.of("org.eclipse.jetty", "sun", "jdk", "java", "io", "dev")) {
      Logger.getLogger(name).setLevel(Level.ALL);
    }
  }

  @Test
  void nothingOfAClientIsWritten() throws IOException {
    try (var server = TestServer.start(o -> o.withApiKey(ApiKey.of(KEY)))) {
      server.engine().template(Templates.chatMl());
      loud();
      successes(server);
      failures(server);
      String metrics = send(server, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + AUTH + "\r\n");
      assertThat(careless.toString(StandardCharsets.UTF_8))
          .as("the levels are fine enough for this test to find something")
          .contains(PROMPT)
          .contains(KEY);
      String text = log.toString(StandardCharsets.UTF_8);
      assertThat(text).contains("/v1/chat/completions 200").contains("/v1/chat/completions 400");
      for (String canary : List.of("CANARY", KEY, WRONG_KEY)) {
        assertThat(text).doesNotContain(canary);
        assertThat(metrics).doesNotContain(canary);
        assertThat(ConfigText.of(ServerOptions.DEFAULT.withApiKey(ApiKey.of(KEY))))
            .doesNotContain(canary);
        bodies.forEach(body -> assertThat(body).doesNotContain(canary));
      }
    }
  }

  private void successes(TestServer server) throws IOException {
    server.engine().play(Script.saying(ANSWER));
    for (boolean stream : new boolean[] {true, false}) {
      assertThat(send(server, chat("\"stream\":" + stream))).contains("200 OK");
    }
  }

  private void failures(TestServer server) throws IOException {
    for (String field :
        List.of(
            "\"n\":9",
            "\"stop\":[\"CANARYSTOP\",1]",
            "\"logit_bias\":{\"CANARYBIAS\":1}",
            "\"temperature\":\"CANARYTEMP\"",
            "\"tools\":[{\"type\":\"CANARYTYPE\"}]",
            "\"tool_choice\":\"CANARYCHOICE\"",
            "\"chat_template_kwargs\":{\"a\":{\"CANARYKW\":1}}",
            "\"response_format\":{\"type\":\"CANARYFORMAT\"}",
            "\"max_tokens\":99999",
            "\"chat_template\":\"CANARYTEMPLATE\"",
            "\"model\":\"CANARYDUPLICATE\"",
            "\"CANARYFIELD\":NaN",
            "\"x\":CANARYBROKEN")) {
      bodies.add(body(send(server, chat(field))));
    }
    bodies.add(
        body(
            send(
                server,
                post("/v1/completions", "{\"model\":\"fake\",\"prompt\":[\"CANARYPROMPT\",1]}"))));
    bodies.add(body(send(server, post("/v1/completions", "CANARYPROMPT"))));
    bodies.add(
        body(
            send(server, post("/v1/CANARYPATH".replace("CANARYPATH", "nothing"), "CANARYPROMPT"))));
    bodies.add(body(send(server, chat("\"n\":1").replace(KEY, WRONG_KEY))));
    bodies.add(
        body(
            send(
                server,
                "GET /v1/models HTTP/1.1\r\nHost: CANARYHOST.example\r\n" + AUTH + "\r\n")));
    bodies.add(
        body(send(server, "GET /v1/models HTTP/1.1\r\nHost: a b CANARYHOST\r\n" + AUTH + "\r\n")));
    bodies.add(
        body(
            send(
                server,
                "GET /v1/models HTTP/1.1\r\nHost: localhost:CANARYPORT\r\n" + AUTH + "\r\n")));
    bodies.add(
        body(
            send(
                server,
                "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX CANARY: CANARYHEADER\r\n\r\n")));
    bodies.add(
        body(
            send(
                server,
                "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-A: CANARY\0HEADER\r\n\r\n")));
    bodies.add(
        body(
            send(
                server,
                "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: http://CANARYORIGIN\r\n\r\n")));
    bodies.add(
        body(send(server, chat("\"n\":1").replace("Content-Length: ", "Content-Length: CANARY"))));
    server.engine().play(Script.saying(ANSWER).ending(FinishReason.ERROR));
    bodies.add(body(send(server, chat("\"n\":1"))));
    server
        .engine()
        .play(
            request -> {
              throw new IllegalStateException("a bug in the engine");
            });
    bodies.add(body(send(server, chat("\"n\":1"))));
    server.engine().play(Script.saying(ANSWER).every(50).forever());
    try (var client = new RawHttp(server.port())) {
      client.send(chat("\"stream\":true,\"max_tokens\":100")).readUntil("assistant", 3000);
    }
    server.engine().play(Script.saying(ANSWER)).template(null);
    bodies.add(body(send(server, chat("\"n\":1"))));
    assertThat(bodies)
        .hasSizeGreaterThan(20)
        .allSatisfy(body -> assertThat(body).contains("\"error\""));
    assertThat(FakeEngine.text(server.engine().generations().getFirst().request()))
        .contains(PROMPT);
  }

  private static String chat(String field) {
    return post(
        "/v1/chat/completions",
        "{\"model\":\"fake\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],%s}"
            .formatted(PROMPT, field));
  }

  private static String post(String path, String body) {
    return RawHttp.post(path, body).replace("Content-Type:", AUTH + "Content-Type:");
  }

  private static String send(TestServer server, String request) throws IOException {
    try (var client = new RawHttp(server.port())) {
      return client.send(request).read(8000).text();
    }
  }

  private static String body(String response) {
    int at = response.indexOf("\r\n\r\n");
    return at < 0 ? response : response.substring(at);
  }

  @Test
  void strangersCannotForgeLines() throws IOException {
    try (var server = TestServer.start()) {
      loud();
      send(
          server,
          "GET /v1/models/a%0aINFO%20forged%1b%5b31m HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      send(
          server,
          "GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }
    String text = log.toString(StandardCharsets.UTF_8);
    assertThat(text).contains("GET /xxx");
    assertThat(text.lines())
        .noneMatch(line -> line.startsWith("INFO"))
        .allMatch(line -> line.length() < 1000);
    assertThat(LogText.clean("a\r\nb\u001b[31m\u2028"))
        .isEqualTo("a\\u000d\\u000ab\\u001b[31m\\u2028");
    assertThat(LogText.clean("y".repeat(1_000_000))).hasSizeLessThan(300);
  }
}
