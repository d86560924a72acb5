package dev.tangram.server.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A hub, mirror or package index on the loopback interface that can behave badly on request: it
 * cuts connections, ignores Range, stalls, redirects, answers with errors, or is slow.
 */
final class FakeSource implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  static {
    // Otherwise each small chunk waits for a delayed acknowledgement, 40 ms on Linux.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** What one request asked for. */
  record Asked(String path, String range, String authorization) {}

  /** Wrong ways to answer. */
  interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, String> types = new ConcurrentHashMap<>();
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  final AtomicInteger cuts = new AtomicInteger();
  final AtomicLong served = new AtomicLong();
  volatile int cutAfterBytes = Integer.MAX_VALUE;
  volatile boolean honoursRange = true;
  volatile long pauseMillisPerChunk;
  volatile String etag = "";

  FakeSource() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  FakeSource file(String path, byte[] bytes) {
    files.put(path, bytes);
    return this;
  }

  FakeSource document(String path, String type, String text) {
    types.put(path, type);
    return file(path, text.getBytes(StandardCharsets.UTF_8));
  }

  FakeSource handler(String path, Handler handler) {
    handlers.put(path, handler);
    return this;
  }

  FakeSource status(String path, int status) {
    return handler(path, exchange -> exchange.sendResponseHeaders(status, -1));
  }

  FakeSource redirect(String path, String location) {
    return handler(
        path,
        exchange -> {
          exchange.getResponseHeaders().add("Location", location);
          exchange.sendResponseHeaders(302, -1);
        });
  }

  /** Publishes a wheel and its page in a package index under {@code /simple}. */
  FakeSource wheel(String name, String version, byte[] wheel) {
    String filename = name.replace('-', '_') + "-" + version + "-py3-none-any.whl";
    file("/files/" + filename, wheel);
    return document(
        "/simple/" + name + "/",
        "application/vnd.pypi.simple.v1+json",
        """
        {"meta": {"api-version": "1.1"}, "name": "%s", "files": [{"filename": "%s",
          "url": "../../files/%s", "hashes": {"sha256": "%s"}, "size": %d, "yanked": false}]}
        """
            .formatted(name, filename, filename, Models.sha256(wheel), wheel.length));
  }

  List<Asked> asked() {
    return asked;
  }

  List<String> askedPaths() {
    return asked.stream().map(Asked::path).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    asked.add(
        new Asked(
            exchange.getRequestURI().toString(),
            range,
            exchange.getRequestHeaders().getFirst("Authorization")));
    try (exchange) {
      if (handlers.containsKey(path)) {
        handlers.get(path).handle(exchange);
      } else if (files.containsKey(path)) {
        send(exchange, path, range);
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private void send(HttpExchange exchange, String path, String range) throws IOException {
    byte[] bytes = files.get(path);
    int from = 0;
    int to = bytes.length;
    int status = 200;
    String type = types.getOrDefault(path, "application/octet-stream");
    exchange.getResponseHeaders().add("Content-Type", type);
    if (!etag.isEmpty()) {
      exchange.getResponseHeaders().add("ETag", etag);
    }
    String guard = exchange.getRequestHeaders().getFirst("If-Range");
    if (honoursRange && range != null && (guard == null || guard.equals(etag))) {
      Matcher matcher = RANGE.matcher(range);
      if (matcher.matches()) {
        from = Integer.parseInt(matcher.group(1));
        to = matcher.group(2).isEmpty() ? to : Math.min(to, 1 + Integer.parseInt(matcher.group(2)));
        status = 206;
        exchange
            .getResponseHeaders()
            .add("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + bytes.length);
      }
    }
    exchange.sendResponseHeaders(status, to - from);
    write(exchange.getResponseBody(), bytes, from, to);
  }

  private void write(OutputStream out, byte[] bytes, int from, int to) throws IOException {
    int sent = 0;
    for (int at = from; at < to; ) {
      if (sent >= cutAfterBytes && cuts.getAndDecrement() > 0) {
        return;
      }
      int room = sent < cutAfterBytes ? cutAfterBytes - sent : Integer.MAX_VALUE;
      int n = Math.min(16 << 10, Math.min(to - at, room));
      out.write(bytes, at, n);
      out.flush();
      at += n;
      sent += n;
      served.addAndGet(n);
      pause();
    }
  }

  private void pause() {
    try {
      if (pauseMillisPerChunk > 0) {
        Thread.sleep(pauseMillisPerChunk);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A wheel with the given members, in order: name, bytes, name, bytes, ... */
  static byte[] zip(Object... members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < members.length; i += 2) {
        zip.putNextEntry(new ZipEntry((String) members[i]));
        zip.write((byte[]) members[i + 1]);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
