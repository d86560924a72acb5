package dev.tangram.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A connection that knows by when its next head is due, and that can look whether its client has
 * left.
 *
 * <p>Jetty measures silence only: a client that sends one byte a second is never late. Here the
 * whole head has one deadline.
 */
final class GuardedEndPoint extends SocketChannelEndPoint {
  private static final int PROBE_BYTES = 256;

  private final HttpLimits limits;
  private final boolean overLimit;
  private volatile long dueNanos;
  private volatile boolean timed;
  private volatile boolean idle;
  private volatile boolean gone;
  private volatile boolean earlyBytes;

  GuardedEndPoint(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      Scheduler scheduler,
      HttpLimits limits,
      boolean overLimit) {
    super(channel, selector, key, scheduler);
    this.limits = limits;
    this.overLimit = overLimit;
    dueNanos = System.nanoTime() + limits.headDeadline().toNanos();
    timed = true;
  }

  /** True for a connection beyond the allowed number: it is told so and closed. */
  boolean isOverLimit() {
    return overLimit;
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    int filled = super.fill(buffer);
    if (filled > 0 && idle) {
      idle = false;
      dueNanos = System.nanoTime() + limits.headDeadline().toNanos();
    }
    return filled;
  }

  /** The head is complete; body and answer have deadlines of their own. */
  void handling() {
    timed = false;
    idle = false;
  }

  /** The answer is complete; the next request may come. */
  void awaitNext() {
    if (earlyBytes || gone) {
      close();
      return;
    }
    dueNanos = System.nanoTime() + limits.keepAlive().toNanos();
    idle = true;
    timed = true;
  }

  boolean isLate(long nowNanos) {
    return timed && nowNanos - dueNanos > 0;
  }

  /**
   * Looks, without waiting, whether the client ended its side or reset the connection. Only to be
   * called while the request's body is read to its end and its answer is not complete: nobody else
   * reads then.
   *
   * <p>Bytes found instead (a pipelined request) are dropped, and the connection closes after the
   * answer.
   */
  boolean isClientGone() {
    if (gone || !isOpen()) {
      return true;
    }
    try {
      ByteBuffer probe = ByteBuffer.allocate(PROBE_BYTES);
      int found = getChannel().read(probe);
      earlyBytes |= found > 0;
      gone = found < 0;
    } catch (IOException e) {
      gone = true;
    }
    return gone;
  }

  /** True if a pipelined request was dropped. */
  boolean hasEarlyBytes() {
    return earlyBytes;
  }
}
