package dev.tangram.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.server.fake.FakeEngine;
import dev.tangram.server.fake.FakeGeneration;
import dev.tangram.server.fake.RawHttp;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.TestServer;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** CD-3: a client that does not read is cut at the write deadline, and nobody else waits for it. */
class SlowReaderTest {
  /** Four answers in one: more than the kernel's buffers of a socket (4 MB) can hold. */
  private static final int CHOICES = 4;

  private static final String STREAM =
      RawHttp.post(
          "/v1/completions",
          "{\"model\":\"fake\",\"prompt\":\"stall\",\"max_tokens\":4000,\"n\":4,\"ignore_eos\":true,\"logprobs\":20,\"stream\":true}");

  @Test
  void stalledReadersAreCutAndOthersAreNot() throws Exception {
    try (var server = TestServer.start()) {
      server
          .engine()
          .play(
              request ->
                  FakeEngine.text(request).equals("stall")
                      ? Script.saying("abcdefgh").forever()
                      : Script.saying("abcdefghij").every(20));
      long begin = System.nanoTime();
      try (var still = new RawHttp(server.port(), 2048);
          var crawling = new RawHttp(server.port(), 2048)) {
        still.send(STREAM);
        crawling.send(STREAM);
        assertThat(
                TestServer.eventually(
                    Duration.ofSeconds(3),
                    () -> server.engine().generations().size() == 2 * CHOICES))
            .isTrue();
        Thread reader = Thread.ofVirtual().start(() -> crawl(crawling));
        long[] millis = new long[5];
        for (int i = 0; i < millis.length; i++) {
          long before = System.nanoTime();
          var answer = server.post("/v1/completions", "{\"model\":\"fake\",\"prompt\":\"Hi\"}");
          millis[i] = (System.nanoTime() - before) / 1_000_000;
          assertThat(answer.statusCode()).isEqualTo(200);
        }
        Arrays.sort(millis);
        assertThat(millis[2]).as("median ms of healthy requests of about 200").isLessThan(500);
        // The engine never waited: both generations were made to their end although nobody read
        // them.
        assertThat(TestServer.eventually(Duration.ofSeconds(10), () -> server.engine().live() == 0))
            .isTrue();
        assertThat(
                server.engine().generations().stream()
                    .limit(2 * CHOICES)
                    .map(FakeGeneration::tokens))
            .containsOnly(4000);
        assertThat(
                TestServer.eventually(
                    TestServer.SHORT.writeStall().plusSeconds(6),
                    () -> server.server().running() == 0))
            .as("both were cut")
            .isTrue();
        reader.interrupt();
      }
      assertThat((System.nanoTime() - begin) / 1_000_000)
          .isGreaterThan(TestServer.SHORT.writeStall().toMillis());
      assertThat(server.usages()).hasSize(5 + 2 * CHOICES);
    }
  }

  private static void crawl(RawHttp client) {
    try {
      while (!client.isClosed()) {
        client.readOne();
        Thread.sleep(1000);
      }
    } catch (Exception e) {
      // The end of it.
    }
  }
}
