package dev.tangram.server.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.server.ServerOptions;
import dev.tangram.server.TangramServer;
import dev.tangram.server.host.ModelSource;
import dev.tangram.server.http.HttpLimits;
import dev.tangram.server.observe.LogSetup;
import dev.tangram.server.observe.UsageRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;

/** A server on a free port with a fake engine as model {@code fake:latest}. */
public final class TestServer implements AutoCloseable {
  public static final ObjectMapper JSON = new ObjectMapper();

  /** Limits of tests: short. */
  public static final HttpLimits SHORT =
      new HttpLimits(
          16 << 10,
          2 << 20,
          8192,
          2000,
          Duration.ofMillis(2000),
          Duration.ofMillis(2500),
          Duration.ofSeconds(5),
          Duration.ofMillis(1500),
          Duration.ofSeconds(30),
          Duration.ofMillis(100));

  static {
    LogSetup.install(System.err, Level.WARNING);
  }

  private final FakeEngine engine = new FakeEngine();
  private final ConcurrentLinkedQueue<UsageRecord> usages = new ConcurrentLinkedQueue<>();
  private final TangramServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TestServer(ServerOptions options) {
    try {
      server =
          TangramServer.start(
              options, () -> List.of(entry("fake:latest")), (file, o) -> engine, usages::add);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static ModelSource.Entry entry(String name) {
    return new ModelSource.Entry(name, Path.of(name), 1000, Instant.EPOCH);
  }

  public static TestServer start() {
    return start(options -> options);
  }

  /** Starts with options changed from: any port, {@link #SHORT} limits. */
  public static TestServer start(UnaryOperator<ServerOptions> change) {
    return new TestServer(change.apply(ServerOptions.DEFAULT.withPort(0).withHttp(SHORT)));
  }

  public FakeEngine engine() {
    return engine;
  }

  public TangramServer server() {
    return server;
  }

  public int port() {
    return server.port();
  }

  public List<UsageRecord> usages() {
    return List.copyOf(usages);
  }

  public URI uri(String path) {
    return URI.create(server.address() + path);
  }

  public HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(uri(path)).GET());
  }

  public HttpResponse<String> post(String path, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(uri(path))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }

  /** The data of all events of a stream's text. */
  public static List<String> events(String stream) {
    return List.of(stream.split("\n\n")).stream()
        .map(
            event -> {
              if (!event.startsWith("data: ") || event.contains("\n")) {
                throw new AssertionError("no event of one data line: " + event);
              }
              return event.substring(6);
            })
        .toList();
  }

  /** Waits until something holds, at most so long; true if it does. */
  public static boolean eventually(Duration most, BooleanSupplier holds)
      throws InterruptedException {
    long due = System.nanoTime() + most.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - due > 0) {
        return false;
      }
      Thread.sleep(5);
    }
    return true;
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
