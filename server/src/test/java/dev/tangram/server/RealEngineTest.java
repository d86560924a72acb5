package dev.tangram.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.EngineStats;
import dev.tangram.server.fake.RawHttp;
import dev.tangram.server.fake.TestServer;
import dev.tangram.server.host.FileSource;
import dev.tangram.server.observe.UsageRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A small real model behind the server: what one client does must not change what another gets. */
class RealEngineTest {
  private static final Queue<UsageRecord> USAGES = new ConcurrentLinkedQueue<>();
  private static Engine engine;
  private static TangramServer server;
  private static HttpClient client;

  @BeforeAll
  static void start() throws Exception {
    Path file = Path.of(RealEngineTest.class.getResource("/golden/qwen2.gguf").toURI());
    server =
        TangramServer.start(
            ServerOptions.DEFAULT
                .withPort(0)
                .withHttp(TestServer.SHORT)
                .withModels(List.of("qwen2"))
                .withEngine(EngineOptions.DEFAULT.withThreads(1)),
            FileSource.of(List.of(file)),
            (path, options) -> engine = Engine.open(path, options),
            USAGES::add);
    assertThat(TestServer.eventually(Duration.ofSeconds(30), () -> !server.isLoading())).isTrue();
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static String body(int seed, int tokens) {
    return ("{\"model\":\"qwen2\",\"prompt\":[%d,2,3,4,5,6,7,8,9,10],\"max_tokens\":%d,\"seed\":%d,"
            + "\"temperature\":1,\"ignore_eos\":true,\"return_token_ids\":true}")
        .formatted(11 + seed, tokens, seed);
  }

  private static CompletableFuture<String> post(String body) {
    return client
        .sendAsync(
            HttpRequest.newBuilder(URI.create(server.address() + "/v1/completions"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .thenApply(HttpResponse::body);
  }

  private static List<JsonNode> four(int tokens) {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int seed = 0; seed < 4; seed++) {
      answers.add(post(body(seed, tokens)));
    }
    return answers.stream().map(a -> TestServer.json(a.join()).at("/choices/0/token_ids")).toList();
  }

  /** RQ-6, and the second half of CD-1. */
  @Test
  void badRequestsAndDeparturesDoNotTouchOthers() throws Exception {
    int usagesBefore = USAGES.size();
    int tokens = engine.card().contextLength() - 10;
    List<JsonNode> alone = four(tokens);
    assertThat(alone).allSatisfy(ids -> assertThat(ids).hasSize(tokens));
    var crowded = CompletableFuture.supplyAsync(() -> four(tokens));
    int bad = 0;
    int left = 0;
    for (int i = 0; i < 40 || (!crowded.isDone() && i < 200); i++) {
      String refused =
          post(body(i, tokens).replace("\"temperature\":1", "\"temperature\":9")).join();
      assertThat(refused).contains("\"param\":\"temperature\"");
      refused = post(body(i, tokens + 1)).join();
      assertThat(refused).contains("context_length_exceeded");
      bad += 2;
      if (i < 10) {
        leave(body(20 + i, tokens), i % 2 == 0);
        left++;
      }
    }
    assertThat(crowded.join())
        .as("beside %d bad requests and %d departures", bad, left)
        .isEqualTo(alone);
    assertThat(TestServer.eventually(Duration.ofSeconds(2), () -> server.running() == 0)).isTrue();
    EngineStats stats = engine.stats();
    assertThat(stats.running() + stats.waiting()).isZero();
    assertThat(stats.blocksHeld()).isZero();
    assertThat(USAGES.size() - usagesBefore).isEqualTo(8 + left);
  }

  private static void leave(String body, boolean reset) throws IOException {
    try (var raw = new RawHttp(server.port())) {
      raw.send(RawHttp.post("/v1/completions", body.replace("}", ",\"stream\":true}")));
      raw.readUntil("token_ids", 5000);
      if (reset) {
        raw.reset();
      }
    }
  }

  @Test
  void sameSeedSameTokensHoweverAnswered() throws Exception {
    JsonNode whole = TestServer.json(post(body(3, 30)).join()).at("/choices/0/token_ids");
    var streamed = new ArrayList<Integer>();
    for (String event :
        TestServer.events(post(body(3, 30).replace("}", ",\"stream\":true}")).join())) {
      if (!event.equals("[DONE]")) {
        TestServer.json(event).at("/choices/0/token_ids").forEach(id -> streamed.add(id.asInt()));
      }
    }
    assertThat(whole.valueStream().map(JsonNode::asInt)).containsExactlyElementsOf(streamed);
  }

  @Test
  void guessingIsSwitchedByRequestAndChangesNothing() {
    String greedy = body(5, 100).replace("\"temperature\":1", "\"temperature\":0");
    long before = engine.stats().drafts();
    JsonNode plain = TestServer.json(post(greedy.replace("}", ",\"speculative\":false}")).join());
    assertThat(engine.stats().drafts()).isEqualTo(before);
    JsonNode guessed = TestServer.json(post(greedy).join());
    assertThat(engine.stats().drafts()).as("greedy texts repeat themselves").isGreaterThan(before);
    assertThat(guessed.at("/choices/0/token_ids")).isEqualTo(plain.at("/choices/0/token_ids"));
    String refused = post(greedy.replace("}", ",\"speculative\":\"no\"}")).join();
    assertThat(refused).contains("speculative: found string, allowed: true or false");
  }

  @Test
  void textNeedsATokenizer() {
    String answer = post("{\"model\":\"qwen2\",\"prompt\":\"Hi\"}").join();
    assertThat(answer).contains("no_tokenizer").contains("token ids");
  }
}
