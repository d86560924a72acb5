package dev.tangram.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.server.fake.RawHttp;
import dev.tangram.server.fake.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OV-4: bodies that would fill the memory are refused before they do. */
class BodyLimitsTest {
  private static final String HEAD =
      "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

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
  void tenGigabytesAreRefusedUnread() throws IOException {
    try (var client = new RawHttp(server.port())) {
      client.send(HEAD + "Content-Length: 10000000000\r\n\r\n").read(2500);
      assertThat(client.status()).isEqualTo(413);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void oneByteTooManyIsRefusedAndTheLimitIsNot() {
    String tail = "\"}";
    String start = "{\"model\":\"fake\",\"prompt\":\"";
    int room = TestServer.SHORT.bodyBytesMax() - start.length() - tail.length();
    // At the limit the body is read, and its prompt is then too long for the context.
    assertThat(server.post("/v1/completions", start + "a".repeat(room) + tail).body())
        .contains("context_length_exceeded");
    assertThat(server.post("/v1/completions", start + "a".repeat(room + 1) + tail).statusCode())
        .isEqualTo(413);
  }

  @Test
  void endlessChunksAreRefused() throws IOException {
    byte[] chunk = ("4000\r\n" + "a".repeat(0x4000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    try (var client = new RawHttp(server.port())) {
      client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < 200; i++) {
        client.send(chunk);
      }
      client.read(3000);
      assertThat(client.status()).isEqualTo(413);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void tinyChunksAreRefused() throws IOException {
    var chunks = new ByteArrayOutputStream();
    for (int i = 0; i < 500_000; i++) {
      chunks.writeBytes("1\r\na\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    try (var client = new RawHttp(server.port())) {
      client
          .send(HEAD + "Transfer-Encoding: chunked\r\n\r\n")
          .send(chunks.toByteArray())
          .read(3000);
      assertThat(client.status()).isEqualTo(413);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void compressedBodiesAreRefused() {
    var answer = server.post("/v1/completions", "{}", "content-encoding", "gzip");
    assertThat(answer.statusCode()).isEqualTo(415);
  }

  @Test
  void expectContinueIsAnswered() throws IOException {
    String body = "{\"model\":\"fake\",\"prompt\":\"Hi\"}";
    try (var client = new RawHttp(server.port())) {
      client.send(HEAD + "Expect: 100-continue\r\nContent-Length: " + body.length() + "\r\n\r\n");
      client.readUntil("100 Continue\r\n\r\n", 2000);
      client.send(body).read(300);
      assertThat(client.text()).contains("HTTP/1.1 200");
    }
  }
}
