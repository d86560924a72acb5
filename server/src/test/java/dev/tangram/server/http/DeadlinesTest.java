package dev.tangram.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.server.fake.RawHttp;
import dev.tangram.server.fake.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** CD-4: whoever sends slowly is closed at a deadline, however steadily the bytes come. */
class DeadlinesTest {
  private static final int CLIENTS = 50;
  private static final long HEAD_MILLIS = TestServer.SHORT.headDeadline().toMillis();
  private static final long BODY_MILLIS = TestServer.SHORT.bodyDeadline().toMillis();

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
  void slowHeadsAndBodiesAreClosedAndOthersServed() throws Exception {
    String head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n";
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> heads = new ArrayList<>();
      List<Future<Long>> bodies = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        heads.add(threads.submit(trickle(head + "X-Slow: ")));
        bodies.add(threads.submit(trickle(head + "Content-Length: 1000\r\n\r\n")));
      }
      long[] millis = new long[20];
      for (int i = 0; i < millis.length; i++) {
        long before = System.nanoTime();
        var answer = server.post("/v1/completions", "{\"model\":\"fake\",\"prompt\":\"Hi\"}");
        millis[i] = (System.nanoTime() - before) / 1_000_000;
        assertThat(answer.statusCode()).isEqualTo(200);
      }
      Arrays.sort(millis);
      assertThat(millis[15])
          .as("three quarters of healthy requests beside slow ones, ms")
          .isLessThan(200);
      for (Future<Long> open : heads) {
        assertThat(open.get()).isBetween(HEAD_MILLIS - 100, HEAD_MILLIS + 1000);
      }
      for (Future<Long> open : bodies) {
        // The answer 408 is written at the deadline; what the client then still sends is drained
        // for up to a second.
        assertThat(open.get()).isBetween(BODY_MILLIS - 100, BODY_MILLIS + 1300);
      }
    }
    assertThat(
            TestServer.eventually(Duration.ofSeconds(2), () -> server.server().connections() <= 1))
        .isTrue();
  }

  /** Sends a byte every 50 ms until the connection is closed; returns how long that took. */
  private static Callable<Long> trickle(String start) {
    return () -> {
      long begin = System.nanoTime();
      try (var client = new RawHttp(server.port())) {
        client.send(start);
        while (!client.isClosed() && System.nanoTime() - begin < 10_000_000_000L) {
          client.read(50);
          if (!client.isClosed()) {
            client.send("a");
          }
        }
      } catch (IOException e) {
        // Closed while writing.
      }
      return (System.nanoTime() - begin) / 1_000_000;
    };
  }

  @Test
  void silentConnectionIsClosed() throws IOException {
    try (var client = new RawHttp(server.port())) {
      client.read((int) HEAD_MILLIS + 1000);
      assertThat(client.isClosed()).isTrue();
      assertThat(client.text()).isEmpty();
    }
  }

  @Test
  void secondHeadHasItsDeadlineToo() throws IOException {
    try (var client = new RawHttp(server.port())) {
      client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").read((int) HEAD_MILLIS + 500);
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.isClosed()).as("idle, but within the keep-alive").isFalse();
      client.send("GET /hea").read((int) HEAD_MILLIS + 1000);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void slowBodyIsToldWhy() throws IOException {
    try (var client = new RawHttp(server.port())) {
      client
          .send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{")
          .read((int) BODY_MILLIS + 1500);
      assertThat(client.status()).isEqualTo(408);
    }
  }

  @Test
  void connectionsBeyondTheLimitAreRefusedAtOnce() throws IOException {
    var limits =
        new HttpLimits(
            16 << 10,
            2 << 20,
            8192,
            3,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMillis(100));
    try (var small = TestServer.start(options -> options.withHttp(limits));
        var one = new RawHttp(small.port());
        var two = new RawHttp(small.port());
        var three = new RawHttp(small.port())) {
      one.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").read(200);
      two.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").read(200);
      three.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").read(200);
      try (var four = new RawHttp(small.port())) {
        four.read(1000);
        assertThat(four.status()).isEqualTo(503);
        assertThat(four.isClosed()).isTrue();
      }
      assertThat(three.status()).isEqualTo(200);
    }
  }
}
