package dev.tangram.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.FinishReason;
import dev.tangram.server.fake.FakeGeneration;
import dev.tangram.server.fake.RawHttp;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * CD-1: a client that leaves, at any time and in any way, costs at most two heartbeats and one
 * step.
 */
class DepartureTest {
  private static final int STEP_MILLIS = 40;
  private static final int HEARTBEAT_MILLIS = (int) TestServer.SHORT.heartbeat().toMillis();
  private static final int MARGIN_MILLIS = 250;

  private static TestServer server;

  enum Moment {
    QUEUED(Script.saying("abc").queue(20_000)),
    MID_PREFILL(Script.saying("abc").prefill(20_000)),
    FIRST_TOKEN(Script.saying("abc").every(20_000)),
    MID_DECODE(Script.saying("abc").every(STEP_MILLIS).forever()),
    LAST_TOKEN(Script.saying("abcdefgh").every(STEP_MILLIS));

    final Script script;

    Moment(Script script) {
      this.script = script;
    }

    int tokens() {
      return switch (this) {
        case QUEUED, MID_PREFILL -> 0;
        case FIRST_TOKEN -> 1;
        case MID_DECODE -> 5;
        case LAST_TOKEN -> 7;
      };
    }
  }

  enum Way {
    FIN,
    RST,
    HALF_CLOSE
  }

  record Case(Moment moment, Way way, boolean stream) {}

  static List<Case> cases() {
    var all = new ArrayList<Case>();
    for (Moment moment : Moment.values()) {
      for (Way way : Way.values()) {
        all.add(new Case(moment, way, true));
        all.add(new Case(moment, way, false));
      }
    }
    return all;
  }

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void leaves(Case c) throws Exception {
    server.engine().play(c.moment().script);
    int usagesBefore = server.usages().size();
    int generationsBefore = server.engine().generations().size();
    try (var client = new RawHttp(server.port())) {
      client.send(
          RawHttp.post(
              "/v1/completions",
              "{\"model\":\"fake\",\"prompt\":\"Hi\",\"max_tokens\":1000,\"stream\":%s}"
                  .formatted(c.stream())));
      assertThat(
              TestServer.eventually(
                  Duration.ofSeconds(5),
                  () -> server.engine().generations().size() > generationsBefore))
          .isTrue();
      FakeGeneration generation = server.engine().generations().getLast();
      assertThat(
              TestServer.eventually(
                  Duration.ofSeconds(5), () -> generation.tokens() >= c.moment().tokens()))
          .isTrue();
      int tokens = generation.tokens();
      leave(client, c.way());
      boolean out =
          TestServer.eventually(
              Duration.ofMillis(2 * HEARTBEAT_MILLIS + STEP_MILLIS + MARGIN_MILLIS),
              () -> server.engine().live() == 0);
      assertThat(out).as("out of the batch").isTrue();
      assertThat(generation.tokens() - tokens).as("tokens made for nobody").isLessThanOrEqualTo(2);
      assertThat(
              TestServer.eventually(
                  Duration.ofSeconds(1), () -> server.usages().size() > usagesBefore))
          .isTrue();
      var usage = server.usages().getLast();
      assertThat(server.usages()).hasSize(usagesBefore + 1);
      assertThat(usage.usage().completionTokens()).isEqualTo(generation.tokens());
      if (c.moment() != Moment.LAST_TOKEN) {
        assertThat(usage.reason()).isEqualTo(FinishReason.CANCELLED);
      }
    }
    assertThat(TestServer.eventually(Duration.ofSeconds(1), () -> server.server().running() == 0))
        .isTrue();
  }

  private static void leave(RawHttp client, Way way) throws IOException {
    switch (way) {
      case FIN -> client.close();
      case RST -> client.reset();
      case HALF_CLOSE -> client.halfClose();
    }
  }

  @Test
  void othersAreNotTouched() throws Exception {
    String text = "The quick brown fox jumps over the lazy dog.";
    server.engine().play(Script.saying(text).every(10));
    var other =
        CompletableFuture.supplyAsync(
            () ->
                server.post(
                    "/v1/completions",
                    "{\"model\":\"fake\",\"prompt\":\"Hi\",\"max_tokens\":100}"));
    for (int i = 0; i < 5; i++) {
      try (var client = new RawHttp(server.port())) {
        client.send(
            RawHttp.post(
                "/v1/completions",
                "{\"model\":\"fake\",\"prompt\":\"Hi\",\"max_tokens\":100,\"stream\":true}"));
        client.readUntil("\"text\":\"T\"", 3000);
        client.reset();
      }
    }
    assertThat(TestServer.json(other.get().body()).at("/choices/0/text").asText()).isEqualTo(text);
  }

  @Test
  void allChoicesOfARequestEnd() throws Exception {
    server.engine().play(Script.saying("abc").every(STEP_MILLIS).forever());
    int before = server.usages().size();
    try (var client = new RawHttp(server.port())) {
      client.send(
          RawHttp.post(
              "/v1/completions",
              "{\"model\":\"fake\",\"prompt\":\"Hi\",\"max_tokens\":1000,\"n\":4}"));
      assertThat(TestServer.eventually(Duration.ofSeconds(3), () -> server.engine().live() == 4))
          .isTrue();
    }
    assertThat(TestServer.eventually(Duration.ofSeconds(1), () -> server.engine().live() == 0))
        .isTrue();
    assertThat(
            TestServer.eventually(
                Duration.ofSeconds(1), () -> server.usages().size() == before + 4))
        .isTrue();
  }

  @Test
  void longSilenceIsFilledWithChunksThatAddNothing() {
    server.engine().play(Script.saying("abc").prefill(550));
    var answer =
        server.post("/v1/completions", "{\"model\":\"fake\",\"prompt\":\"Hi\",\"stream\":true}");
    List<String> events = TestServer.events(answer.body());
    long empty =
        events.stream()
            .filter(e -> e.contains("\"text\":\"\"") && e.contains("\"finish_reason\":null"))
            .count();
    assertThat(empty).isBetween(3L, 6L);
    assertThat(events.getLast()).isEqualTo("[DONE]");
  }

  @Test
  void silentClientOfAWholeAnswerIsServedAfterALongPrefill() {
    server.engine().play(Script.saying("abc").prefill(7000));
    var answer = server.post("/v1/completions", "{\"model\":\"fake\",\"prompt\":\"Hi\"}");
    assertThat(TestServer.json(answer.body()).at("/choices/0/text").asText()).isEqualTo("abc");
  }
}
