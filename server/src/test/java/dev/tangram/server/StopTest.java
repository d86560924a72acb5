package dev.tangram.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.Engine;
import dev.tangram.server.fake.FakeEngine;
import dev.tangram.server.fake.RawHttp;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Beginning and end of a server. */
class StopTest {
  private static final String BODY = "{\"model\":\"fake\",\"prompt\":\"Hi\",\"max_tokens\":1000}";

  @Test
  void runningRequestsFinishAndNewOnesAreRefused() throws Exception {
    try (var server = TestServer.start()) {
      server.engine().play(Script.saying("0123456789").every(60));
      var running = CompletableFuture.supplyAsync(() -> server.post("/v1/completions", BODY));
      assertThat(TestServer.eventually(Duration.ofSeconds(3), () -> server.engine().live() == 1))
          .isTrue();
      var stopped = CompletableFuture.supplyAsync(() -> stop(server, Duration.ofSeconds(10)));
      Thread.sleep(100);
      var refused = server.post("/v1/completions", BODY);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).isPresent();
      assertThat(server.get("/ready").statusCode()).isEqualTo(503);
      assertThat(server.get("/health").statusCode()).isEqualTo(200);
      assertThat(running.get().body()).contains("0123456789");
      assertThat(stopped.get()).isTrue();
      assertThat(server.engine().isClosed()).isTrue();
      server.server().join();
    }
  }

  @Test
  void graceEnds() throws Exception {
    try (var server = TestServer.start()) {
      server.engine().play(Script.saying("abc").every(20).forever());
      try (var client = new RawHttp(server.port())) {
        client.send(RawHttp.post("/v1/completions", BODY.replace("}", ",\"stream\":true}")));
        client.readUntil("\"text\":\"a\"", 3000);
        long begin = System.nanoTime();
        assertThat(stop(server, Duration.ofMillis(300))).isFalse();
        assertThat((System.nanoTime() - begin) / 1_000_000).isBetween(250L, 3000L);
        client.read(1000);
        assertThat(client.isClosed()).isTrue();
        assertThat(client.text()).contains("\"code\":\"draining\"").doesNotContain("[DONE]");
      }
      assertThat(server.usages()).hasSize(1);
    }
  }

  private static boolean stop(TestServer server, Duration grace) {
    try {
      return server.server().stop(grace);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void healthSaysLoadingUntilTheModelsAreOpen() throws Exception {
    var go = new CountDownLatch(1);
    Engine engine = new FakeEngine();
    try (var server =
        TangramServer.start(
            ServerOptions.DEFAULT.withPort(0).withModels(List.of("fake")),
            () -> List.of(TestServer.entry("fake:latest")),
            (file, options) -> {
              try {
                go.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return engine;
            },
            usage -> {})) {
      try (var client = new RawHttp(server.port())) {
        client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").read(300);
        assertThat(client.status()).isEqualTo(503);
      }
      go.countDown();
      assertThat(TestServer.eventually(Duration.ofSeconds(2), () -> !server.isLoading())).isTrue();
      try (var client = new RawHttp(server.port())) {
        client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").read(300);
        assertThat(client.status()).isEqualTo(200);
        assertThat(client.text()).endsWith("ok");
      }
    }
  }
}
