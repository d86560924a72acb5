package dev.tangram.server.store.fetch;

import dev.tangram.server.store.fetch.FetchException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP answer whose body is still being read. A body that brings no byte within the idle limit
 * is cut. Owned by one thread.
 */
public final class Answer implements AutoCloseable {
  private final int status;
  private final URI uri;
  private final HttpHeaders headers;
  private final InputStream body;
  private final Duration idle;
  private final ScheduledFuture<?> watch;
  private volatile long waitingSinceNanos;
  private volatile boolean waiting;
  private volatile boolean stalled;

  Answer(
      int status,
      URI uri,
      HttpHeaders headers,
      InputStream body,
      Duration idle,
      ScheduledExecutorService watchers) {
    this.status = status;
    this.uri = uri;
    this.headers = headers;
    this.body = body;
    this.idle = idle;
    long period = Math.max(20, idle.toMillis() / 8);
    this.watch = watchers.scheduleAtFixedRate(this::check, period, period, TimeUnit.MILLISECONDS);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** Where the answer came from after redirects. */
  public URI uri() {
    return uri;
  }

  /** A header's first value; empty if it is missing. */
  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  /** A header as a number; -1 if it is missing or no number. */
  public long number(String name) {
    String text = header(name);
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
  }

  /**
   * Reads some bytes.
   *
   * @return how many; -1 at the end
   * @throws FetchException {@link Kind#BROKEN} if the connection broke or stalled
   */
  public int read(byte[] buffer, int offset, int length)
      throws FetchException, InterruptedException {
    waitingSinceNanos = System.nanoTime();
    waiting = true;
    try {
      return body.read(buffer, offset, length);
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while reading an answer");
      }
      String why =
          stalled
              ? "no byte came for " + Failures.seconds(idle)
              : "the connection broke (" + Failures.describe(e) + ")";
      throw new FetchException(Kind.BROKEN, why, e);
    } finally {
      waiting = false;
    }
  }

  private void check() {
    if (waiting && System.nanoTime() - waitingSinceNanos > idle.toNanos()) {
      stalled = true;
      closeBody();
    }
  }

  private void closeBody() {
    try {
      body.close();
    } catch (IOException e) {
      // The answer is given up anyway; whoever reads it gets its own exception.
      return;
    }
  }

  @Override
  public void close() {
    watch.cancel(false);
    closeBody();
  }
}
