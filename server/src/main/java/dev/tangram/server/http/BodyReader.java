package dev.tangram.server.http;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads a body whole, within bounds on bytes, pieces and time. */
final class BodyReader {
  private static final int DRAIN_BYTES_MAX = 16 << 20;

  private final Request request;
  private final HttpLimits limits;
  private boolean complete;

  BodyReader(Request request, HttpLimits limits) {
    this.request = request;
    this.limits = limits;
    complete =
        request.getLength() <= 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
  }

  /** True once nothing of the body is left to read. */
  boolean isComplete() {
    return complete;
  }

  byte[] read() throws InterruptedException {
    if (request.getHeaders().contains(HttpHeader.CONTENT_ENCODING)) {
      throw ApiException.refused(
          415, "unsupported_content_encoding", "Compressed bodies are not accepted.");
    }
    if (request.getLength() > limits.bodyBytesMax()) {
      throw tooLarge();
    }
    var bytes = new ByteArrayOutputStream((int) Math.max(256, request.getLength()));
    long due = System.nanoTime() + limits.bodyDeadline().toNanos();
    for (int pieces = 0; ; pieces++) {
      Content.Chunk chunk = next(due);
      if (chunk == null) {
        throw ApiException.refused(
            408,
            "body_too_slow",
            "The body was not complete within %d ms.".formatted(limits.bodyDeadline().toMillis()));
      }
      if (Content.Chunk.isFailure(chunk)) {
        throw failure(chunk.getFailure());
      }
      try {
        if (bytes.size() + chunk.remaining() > limits.bodyBytesMax()
            || pieces >= limits.bodyPiecesMax()) {
          throw tooLarge();
        }
        byte[] piece = new byte[chunk.remaining()];
        chunk.getByteBuffer().get(piece);
        bytes.writeBytes(piece);
      } finally {
        chunk.release();
      }
      if (chunk.isLast()) {
        complete = true;
        return bytes.toByteArray();
      }
    }
  }

  /**
   * Throws away what the client still sends, for at most {@code millis}: a client that is cut while
   * it writes might never read the answer that says why.
   */
  void drain(long millis) throws InterruptedException {
    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long dropped = 0; !complete && dropped < DRAIN_BYTES_MAX; ) {
      Content.Chunk chunk = next(due);
      if (chunk == null || Content.Chunk.isFailure(chunk)) {
        return;
      }
      dropped += chunk.remaining();
      complete = chunk.isLast();
      chunk.release();
    }
  }

  /** The next piece, or null if none came in time. */
  private Content.Chunk next(long dueNanos) throws InterruptedException {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk != null) {
        return chunk;
      }
      var ready = new Semaphore(0);
      request.demand(ready::release);
      if (!ready.tryAcquire(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return null;
      }
    }
  }

  private RuntimeException failure(Throwable cause) {
    return switch (cause) {
      case org.eclipse.jetty.http.HttpException e ->
          ApiException.refused(
              e.getCode(), "bad_framing", "The body is not framed as HTTP/1.1 asks.");
      default -> new ClientGoneException("the body ended early");
    };
  }

  private ApiException tooLarge() {
    return ApiException.refused(
        413,
        "request_too_large",
        "The body is too large: allowed are %d bytes in at most %d pieces."
            .formatted(limits.bodyBytesMax(), limits.bodyPiecesMax()));
  }
}
