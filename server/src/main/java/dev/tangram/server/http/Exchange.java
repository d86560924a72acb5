package dev.tangram.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A request and its answer.
 *
 * <p>Threads: used by the request's own virtual thread only; waits block it and nothing else.
 */
public final class Exchange {
  private final Request request;
  private final Response response;
  private final HttpLimits limits;
  private final String id;
  private final String name;
  private final BodyReader body;
  private final long startNanos = System.nanoTime();
  private int status;
  private boolean bodyAsked;
  private int promptTokens;
  private int completionTokens;

  Exchange(Request request, Response response, HttpLimits limits, String id, String name) {
    this.request = request;
    this.response = response;
    this.limits = limits;
    this.id = id;
    this.name = name;
    body = new BodyReader(request, limits);
    response.getHeaders().put("x-request-id", id);
  }

  /** The request's id, the client's own if it sent a sane one. */
  public String id() {
    return id;
  }

  public String method() {
    return request.getMethod();
  }

  /** What the route's <code>{name}</code> stands for, decoded; else empty. */
  public String name() {
    return name;
  }

  public HttpLimits limits() {
    return limits;
  }

  /** A header's first value, or null. */
  public String header(String field) {
    return request.getHeaders().get(field);
  }

  /** When the head was complete, on the clock of {@link System#nanoTime}. */
  public long startNanos() {
    return startNanos;
  }

  /** The instant by which the answer must be complete. */
  public long dueNanos() {
    return startNanos + limits.requestDeadline().toNanos();
  }

  /** True if the client is on this machine. */
  public boolean fromLoopback() {
    return request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress peer
        && peer.getAddress() != null
        && peer.getAddress().isLoopbackAddress();
  }

  /**
   * The whole body.
   *
   * @throws ApiException 408, 413, 415 or what the framing deserves
   */
  public byte[] body() throws InterruptedException {
    bodyAsked = true;
    return body.read();
  }

  /** Sends a complete answer of JSON. */
  public void sendJson(int code, JsonNode content) {
    send(code, "application/json", Json.bytes(content));
  }

  /** Sends a complete answer of text. */
  public void sendText(int code, String content) {
    send(code, "text/plain; charset=utf-8", content.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a complete answer. */
  public void send(int code, String contentType, byte[] content) {
    start(code, contentType);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
    write(true, ByteBuffer.wrap(content));
  }

  /** Sends an error in OpenAI's shape. */
  void send(ApiException error) {
    if (error.retryAfterSeconds() > 0) {
      setHeader("retry-after", Integer.toString(error.retryAfterSeconds()));
    }
    if (error.status() == 401) {
      setHeader("www-authenticate", "Bearer");
    }
    if (error.status() == 504) {
      setHeader("x-should-retry", "false");
    }
    if (!body.isComplete()) {
      setHeader("connection", "close");
    }
    sendJson(error.status(), error.body());
  }

  /** Begins an answer of server-sent events. */
  public EventStream events() {
    start(200, "text/event-stream; charset=utf-8");
    setHeader("cache-control", "no-cache");
    setHeader("x-accel-buffering", "no");
    return new EventStream(this);
  }

  /** Sets a header of the answer, before it begins. */
  public void setHeader(String field, String value) {
    response.getHeaders().put(field, value);
  }

  /** True once an answer was begun. */
  public boolean isAnswered() {
    return status != 0;
  }

  /** Status of the answer, 0 if there was none. */
  public int status() {
    return status;
  }

  /** Looks, without waiting, whether the client left; only after {@link #body()} returned. */
  public boolean isClientGone() {
    return body.isComplete() && endPoint(request).isClientGone();
  }

  /** Notes what the request cost, for the access log. */
  public void noteTokens(int prompt, int completion) {
    promptTokens += prompt;
    completionTokens += completion;
  }

  public int promptTokens() {
    return promptTokens;
  }

  public int completionTokens() {
    return completionTokens;
  }

  private void start(int code, String contentType) {
    if (status != 0) {
      throw new IllegalStateException("a second answer, %d after %d".formatted(code, status));
    }
    status = code;
    response.setStatus(code);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    if (endPoint(request).hasEarlyBytes()) {
      setHeader("connection", "close");
    }
  }

  /** Writes and waits until the socket took it all, at most as long as a stall may last. */
  void write(boolean last, ByteBuffer bytes) {
    var done = new CompletableFuture<Void>();
    response.write(
        last, bytes, Callback.from(() -> done.complete(null), done::completeExceptionally));
    try {
      done.get(limits.writeStall().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      cut();
      throw new ClientGoneException("a write stalled");
    } catch (ExecutionException e) {
      throw new ClientGoneException("the connection broke");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cut();
      throw new ClientGoneException("the server stops");
    }
  }

  /** Closes the connection: what was sent so far is all there will be. */
  public void cut() {
    endPoint(request).close();
  }

  /** Lets the client finish writing a body that nobody reads, so that it reads the answer. */
  void linger(long millis) throws InterruptedException {
    if (bodyAsked && !body.isComplete()) {
      body.drain(millis);
    }
  }

  static GuardedEndPoint endPoint(Request request) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    return (GuardedEndPoint) endPoint;
  }
}
