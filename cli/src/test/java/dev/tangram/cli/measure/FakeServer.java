package dev.tangram.cli.measure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A server whose first token takes {@code firstMillis} and each further {@code nextMillis}. */
public final class FakeServer implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpServer server;
  private final int firstMillis;
  private final int nextMillis;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger runningMost = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();

  public FakeServer(int firstMillis, int nextMillis) throws IOException {
    this.firstMillis = firstMillis;
    this.nextMillis = nextMillis;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  public URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  public int runningMost() {
    return runningMost.get();
  }

  public int answered() {
    return answered.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    int now = running.incrementAndGet();
    runningMost.accumulateAndGet(now, Math::max);
    try (exchange) {
      JsonNode request = MAPPER.readTree(exchange.getRequestBody());
      if (!request.get("model").asText().equals("fake")) {
        byte[] error = "{\"error\":{\"message\":\"no such model\"}}".getBytes(UTF_8);
        exchange.sendResponseHeaders(404, error.length);
        exchange.getResponseBody().write(error);
        return;
      }
      int words = request.at("/messages/0/content").asText().split(" ").length;
      int tokens = request.get("max_tokens").asInt();
      exchange.sendResponseHeaders(200, 0);
      for (int i = 0; i < tokens; i++) {
        Thread.sleep(i == 0 ? firstMillis : nextMillis);
        send(exchange, "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}");
      }
      send(
          exchange,
          "{\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}"
              .formatted(words, tokens));
      send(exchange, "[DONE]");
      answered.incrementAndGet();
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    } finally {
      running.decrementAndGet();
    }
  }

  private static void send(HttpExchange exchange, String data) throws IOException {
    exchange.getResponseBody().write(("data: " + data + "\n\n").getBytes(UTF_8));
    exchange.getResponseBody().flush();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
