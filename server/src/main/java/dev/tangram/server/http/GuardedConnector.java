package dev.tangram.server.http;

import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** Accepts connections up to a limit and closes those whose head is late. */
final class GuardedConnector extends ServerConnector {
  private static final long SWEEP_MILLIS = 100;
  private static final byte[] FULL =
      """
      HTTP/1.1 503 Service Unavailable\r
      Connection: close\r
      Retry-After: 1\r
      Content-Length: 0\r
      \r
      """
          .getBytes(StandardCharsets.US_ASCII);

  private final HttpLimits limits;
  private final Set<GuardedEndPoint> open = ConcurrentHashMap.newKeySet();
  private ScheduledExecutorService sweeper;

  GuardedConnector(Server server, HttpConfiguration configuration, HttpLimits limits) {
    super(server, 1, 1, new Connections(configuration));
    this.limits = limits;
  }

  /** Connections open now. */
  int connections() {
    return open.size();
  }

  @Override
  protected SocketChannelEndPoint newEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key) {
    boolean overLimit = open.size() >= limits.connectionsMax();
    var endPoint = new GuardedEndPoint(channel, selector, key, getScheduler(), limits, overLimit);
    endPoint.setIdleTimeout(getIdleTimeout());
    return endPoint;
  }

  @Override
  protected void onEndPointOpened(EndPoint endPoint) {
    super.onEndPointOpened(endPoint);
    open.add((GuardedEndPoint) endPoint);
  }

  @Override
  protected void onEndPointClosed(EndPoint endPoint) {
    open.remove((GuardedEndPoint) endPoint);
    super.onEndPointClosed(endPoint);
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    sweeper =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("tangram-http-deadlines").factory());
    sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  protected void doStop() throws Exception {
    sweeper.shutdownNow();
    super.doStop();
  }

  private void sweep() {
    long now = System.nanoTime();
    for (GuardedEndPoint endPoint : open) {
      if (endPoint.isLate(now)) {
        endPoint.close();
      }
    }
  }

  /** Speaks HTTP, or only the word that the server is full. */
  private static final class Connections extends HttpConnectionFactory {
    Connections(HttpConfiguration configuration) {
      super(configuration);
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
      return ((GuardedEndPoint) endPoint).isOverLimit()
          ? new Refusal(connector, endPoint)
          : super.newConnection(connector, endPoint);
    }
  }

  private static final class Refusal extends AbstractConnection {
    Refusal(Connector connector, EndPoint endPoint) {
      super(endPoint, connector.getExecutor());
    }

    @Override
    public void onOpen() {
      super.onOpen();
      getEndPoint().write(Callback.from(this::close), ByteBuffer.wrap(FULL));
    }

    @Override
    public void onFillable() {
      close();
    }
  }
}
