package dev.tangram.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.server.fake.RawHttp;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.TestServer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CD-5: any doubt about where a request ends is one 4xx and the end of the connection. */
class FramingTest {
  private static final String BODY = "{\"model\":\"fake\",\"prompt\":\"smuggled\"}";
  private static final String SECOND = RawHttp.post("/v1/completions", BODY);
  private static final String LINE = "POST /v1/completions HTTP/1.1\r\n";
  private static final String HOST = "Host: localhost\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    server.engine().play(Script.saying("reached"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<Map.Entry<String, String>> bad() {
    var all = new LinkedHashMap<String, String>();
    lengths(all);
    transferEncodings(all);
    chunks(all);
    heads(all);
    hosts(all);
    return all.entrySet().stream();
  }

  private static void lengths(Map<String, String> all) {
    String head = LINE + HOST;
    all.put("CL+TE", head + "Content-Length: 5\r\n" + CHUNKED + "\r\n0\r\n\r\n");
    all.put("TE+CL", head + CHUNKED + "Content-Length: 5\r\n\r\n0\r\n\r\n");
    all.put(
        "CL+TE in HTTP/1.0",
        "POST /v1/completions HTTP/1.0\r\n"
            + HOST
            + "Content-Length: 5\r\n"
            + CHUNKED
            + "\r\n0\r\n\r\n");
    all.put(
        "TE in HTTP/1.0", "POST /v1/completions HTTP/1.0\r\n" + HOST + CHUNKED + "\r\n0\r\n\r\n");
    all.put("two CL that differ", head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde");
    all.put("two CL that agree", head + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd");
    all.put("CL list", head + "Content-Length: 4, 4\r\n\r\nabcd");
    all.put("CL list that differs", head + "Content-Length: 4, 5\r\n\r\nabcd");
    all.put("CL with plus", head + "Content-Length: +4\r\n\r\nabcd");
    all.put("CL with minus", head + "Content-Length: -4\r\n\r\nabcd");
    all.put("CL in hex", head + "Content-Length: 0x4\r\n\r\nabcd");
    all.put("CL with fraction", head + "Content-Length: 4.0\r\n\r\nabcd");
    all.put("CL with letters", head + "Content-Length: 4abc\r\n\r\nabcd");
    all.put("CL with blank inside", head + "Content-Length: 4 4\r\n\r\nabcd");
    all.put("CL empty", head + "Content-Length: \r\n\r\nabcd");
    all.put("CL of 20 digits", head + "Content-Length: 99999999999999999999\r\n\r\nabcd");
    all.put("CL of 2^64", head + "Content-Length: 18446744073709551616\r\n\r\nabcd");
    all.put("CL in full-width digits", head + "Content-Length: \u00ef\u00bc\u0094\r\n\r\nabcd");
  }

  private static void transferEncodings(Map<String, String> all) {
    String head = LINE + HOST;
    String end = "\r\n0\r\n\r\n";
    all.put("TE identity", head + "Transfer-Encoding: identity\r\n" + end);
    all.put("TE unknown", head + "Transfer-Encoding: xchunked\r\n" + end);
    all.put("TE chunked, identity", head + "Transfer-Encoding: chunked, identity\r\n" + end);
    all.put("TE gzip, chunked", head + "Transfer-Encoding: gzip, chunked\r\n" + end);
    all.put("TE chunked twice", head + CHUNKED + CHUNKED + end);
    all.put("TE chunked, chunked", head + "Transfer-Encoding: chunked, chunked\r\n" + end);
    all.put("TE with vertical tab", head + "Transfer-Encoding: \u000bchunked\r\n" + end);
    all.put("TE with blank before colon", head + "Transfer-Encoding : chunked\r\n" + end);
    all.put("TE in quotes", head + "Transfer-Encoding: \"chunked\"\r\n" + end);
    all.put("TE folded", head + "Transfer-Encoding:\r\n chunked\r\n" + end);
    all.put("TE empty and CL", head + "Transfer-Encoding: \r\nContent-Length: 4\r\n\r\nabcd");
  }

  private static void chunks(Map<String, String> all) {
    String head = LINE + HOST + CHUNKED + "\r\n";
    all.put("LF in chunk extension", head + "1;a\nb\r\nx\r\n0\r\n\r\n");
    all.put("bare LF after chunk size", head + "1\nx\r\n0\r\n\r\n");
    all.put("bare LF after chunk", head + "1\r\nx\n0\r\n\r\n");
    all.put("chunk size overflow", head + "FFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n");
    all.put("chunk size of 2^32", head + "100000000\r\nx\r\n0\r\n\r\n");
    all.put("chunk size of 2^31", head + "80000000\r\nx\r\n0\r\n\r\n");
    all.put("chunk size negative", head + "-1\r\nx\r\n0\r\n\r\n");
    all.put("chunk size with 0x", head + "0x1\r\nx\r\n0\r\n\r\n");
    all.put("chunk size with plus", head + "+1\r\nx\r\n0\r\n\r\n");
    all.put("chunk size with underscore", head + "1_0\r\nx\r\n0\r\n\r\n");
    all.put("chunk size empty", head + "\r\nx\r\n0\r\n\r\n");
    all.put("chunk size with blank first", head + " 1\r\nx\r\n0\r\n\r\n");
    all.put("chunk longer than said", head + "1\r\nxyz\r\n0\r\n\r\n");
    all.put("no CRLF after chunk", head + "1\r\nx0\r\n\r\n");
  }

  private static void heads(Map<String, String> all) {
    String rest = HOST + "Content-Length: 0\r\n\r\n";
    all.put("folded header", LINE + HOST + "X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n");
    all.put("fold first", LINE + " X-A: b\r\n" + rest);
    all.put("bare LF in head", LINE + "Host: localhost\nContent-Length: 0\r\n\r\n");
    all.put("bare LF after request line", "POST /v1/completions HTTP/1.1\n" + rest);
    all.put("bare CR in header", LINE + HOST + "X-A: b\rc\r\nContent-Length: 0\r\n\r\n");
    all.put("NUL in header value", LINE + HOST + "X-A: b\0c\r\nContent-Length: 0\r\n\r\n");
    all.put("NUL in header name", LINE + HOST + "X\0A: b\r\nContent-Length: 0\r\n\r\n");
    all.put("blank in header name", LINE + HOST + "X A: b\r\nContent-Length: 0\r\n\r\n");
    all.put("blank before colon", LINE + HOST + "Content-Length : 0\r\n\r\n");
    all.put("header without colon", LINE + HOST + "X-A\r\nContent-Length: 0\r\n\r\n");
    all.put("header without name", LINE + HOST + ": b\r\nContent-Length: 0\r\n\r\n");
    all.put("control bytes first", "\u0001\u0002" + LINE + rest);
    all.put("NUL first", "\0" + LINE + rest);
    all.put("HTTP/0.9", "GET /v1/models\r\n\r\n");
    all.put("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    all.put("HTTP/1.2", "POST /v1/completions HTTP/1.2\r\n" + rest);
    all.put("tab in request line", "POST\t/v1/completions HTTP/1.1\r\n" + rest);
    all.put("blank in path", "POST /v1/ completions HTTP/1.1\r\n" + rest);
    all.put("NUL in path", "POST /v1/\0completions HTTP/1.1\r\n" + rest);
    all.put("method with colon", "PO:ST /v1/completions HTTP/1.1\r\n" + rest);
    all.put("head of 20 KiB", LINE + HOST + "X-A: " + "a".repeat(20_000) + "\r\n\r\n");
    all.put("path of 20 KiB", "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n" + HOST + "\r\n");
  }

  private static void hosts(Map<String, String> all) {
    String rest = "Content-Length: 0\r\n\r\n";
    all.put("no Host", LINE + rest);
    all.put("two Hosts", LINE + HOST + "Host: example.com\r\n" + rest);
    all.put("two equal Hosts", LINE + HOST + HOST + rest);
    all.put("empty Host", LINE + "Host: \r\n" + rest);
    all.put("Host with blank", LINE + "Host: local host\r\n" + rest);
    all.put("Host with path", LINE + "Host: localhost/x\r\n" + rest);
    all.put("Host with user", LINE + "Host: a@localhost\r\n" + rest);
    all.put("Host with letters for port", LINE + "Host: localhost:abc\r\n" + rest);
    all.put("Host with huge port", LINE + "Host: localhost:99999999\r\n" + rest);
    all.put(
        "absolute form of another host",
        "POST http://example.com/v1/completions HTTP/1.1\r\n" + HOST + rest);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void oneAnswerAndTheEnd(Map.Entry<String, String> framing) throws IOException {
    int before = server.engine().generations().size();
    try (var client = new RawHttp(server.port())) {
      client.send(framing.getValue() + SECOND).read(3000);
      assertThat(client.isClosed()).as("closed after: %s", client.text()).isTrue();
      assertThat(client.responses()).as(client.text()).isEqualTo(1);
      assertThat(client.status()).as(client.text()).isBetween(400, 499);
    }
    assertThat(server.engine().generations()).as("the second request").hasSize(before);
  }

  @Test
  void wellFormedRequestIsServed() throws IOException {
    try (var client = new RawHttp(server.port())) {
      client.send(SECOND).read(500);
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.isClosed()).isFalse();
      client.send(SECOND).read(500);
      assertThat(client.responses()).isEqualTo(2);
    }
  }

  @Test
  void wellFormedChunksAreServed() throws IOException {
    String half = BODY.substring(0, 10);
    String rest = BODY.substring(10);
    try (var client = new RawHttp(server.port())) {
      client
          .send(
              LINE
                  + HOST
                  + CHUNKED
                  + "\r\n"
                  + "%x\r\n%s\r\n%x;name=value\r\n%s\r\n0\r\n\r\n"
                      .formatted(half.length(), half, rest.length(), rest))
          .read(500);
      assertThat(client.status()).as(client.text()).isEqualTo(200);
    }
  }

  @Test
  void pipelinedSecondRequestIsNotServedTwice() throws IOException {
    int before = server.engine().generations().size();
    try (var client = new RawHttp(server.port())) {
      client.send(SECOND + SECOND).read(1000);
      assertThat(client.responses()).isEqualTo(server.engine().generations().size() - before);
    }
  }
}
