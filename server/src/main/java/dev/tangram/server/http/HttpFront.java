package dev.tangram.server.http;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** An open port that serves a route table. */
public final class HttpFront {
  private static final long POLL_MILLIS = 10;

  private final Server server;
  private final GuardedConnector connector;
  private final FrontHandler handler;

  private HttpFront(Server server, GuardedConnector connector, FrontHandler handler) {
    this.server = server;
    this.connector = connector;
    this.handler = handler;
  }

  /**
   * Opens the port.
   *
   * @param port 0 for any free one
   * @param allowedHosts names besides the loopback ones and addresses
   * @param log told of every answered request
   * @throws IOException if the port cannot be opened
   */
  public static HttpFront open(
      String host,
      int port,
      HttpLimits limits,
      Set<String> allowedHosts,
      Optional<ApiKey> apiKey,
      List<Route> routes,
      Consumer<Served> log)
      throws IOException {
    var threads = new QueuedThreadPool(32, 4);
    threads.setName("tangram-http");
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory()));
    var server = new Server(threads);
    var connector = new GuardedConnector(server, configuration(limits), limits);
    connector.setHost(host);
    connector.setPort(port);
    connector.setAcceptQueueSize(1024);
    // Only a backstop for what Jetty writes on its own; the real deadlines are ours.
    connector.setIdleTimeout(
        Math.max(limits.keepAlive().toMillis(), limits.writeStall().toMillis()) + 5000);
    server.addConnector(connector);
    var handler =
        new FrontHandler(new RouteTable(routes), new Gate(allowedHosts, apiKey), limits, log);
    server.setHandler(handler);
    server.setErrorHandler(new ErrorPage());
    server.setStopTimeout(0);
    try {
      server.start();
    } catch (IOException e) {
      stop(server);
      throw new IOException(
          "cannot listen on %s port %d: %s".formatted(host, port, e.getMessage()), e);
    } catch (Exception e) {
      stop(server);
      throw new IllegalStateException("the HTTP server did not start", e);
    }
    return new HttpFront(server, connector, handler);
  }

  private static HttpConfiguration configuration(HttpLimits limits) {
    var configuration = new HttpConfiguration();
    configuration.setRequestHeaderSize(limits.headBytesMax());
    configuration.setSendServerVersion(false);
    configuration.setSendDateHeader(true);
    configuration.setHttpCompliance(HttpCompliance.STRICT);
    // Clients write model names with slashes as %2F; paths are matched raw, so nothing is
    // ambiguous.
    configuration.setUriCompliance(
        UriCompliance.DEFAULT.with("TANGRAM", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
    return configuration;
  }

  /** The port that is open. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Connections open now. */
  public int connections() {
    return connector.connections();
  }

  /** Requests being served. */
  public int running() {
    return handler.running();
  }

  public boolean isDraining() {
    return handler.isDraining();
  }

  /**
   * Refuses new requests and waits until the running ones ended or the time is over. True if all
   * ended.
   */
  public boolean drain(Duration most) throws InterruptedException {
    handler.drain();
    long due = System.nanoTime() + most.toNanos();
    while (handler.running() > 0) {
      if (System.nanoTime() - due > 0) {
        return false;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return true;
  }

  /** Closes the port and all connections. */
  public void close() {
    stop(server);
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server did not stop", e);
    }
  }
}
