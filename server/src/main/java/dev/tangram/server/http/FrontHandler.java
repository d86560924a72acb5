package dev.tangram.server.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one request from its head to the end of its answer, on a virtual thread. */
final class FrontHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(FrontHandler.class);
  private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final long LINGER_MILLIS = 1000;

  /** What logs commonly say for a client that left before it was answered. */
  private static final int CLIENT_GONE = 499;

  private final RouteTable routes;
  private final Gate gate;
  private final HttpLimits limits;
  private final Consumer<Served> log;
  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean draining;

  FrontHandler(RouteTable routes, Gate gate, HttpLimits limits, Consumer<Served> log) {
    this.routes = routes;
    this.gate = gate;
    this.limits = limits;
    this.log = log;
  }

  /** Requests being served. */
  int running() {
    return running.get();
  }

  /** From now on requests of clients are answered 503. */
  void drain() {
    draining = true;
  }

  boolean isDraining() {
    return draining;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    GuardedEndPoint endPoint = Exchange.endPoint(request);
    endPoint.handling();
    // Silence is normal while a model thinks; every wait of ours has its own deadline.
    request.addIdleTimeoutListener(late -> false);
    Request.addCompletionListener(request, failure -> endPoint.awaitNext());
    running.incrementAndGet();
    String path = request.getHttpURI().getPath();
    Exchange exchange = null;
    try {
      exchange = serve(request, response, path == null ? "" : path);
      callback.succeeded();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
    } finally {
      running.decrementAndGet();
      if (exchange != null) {
        log(exchange, path);
      }
    }
    return true;
  }

  private Exchange serve(Request request, Response response, String path)
      throws InterruptedException {
    String id = id(request.getHeaders().get("x-request-id"));
    Exchange exchange = new Exchange(request, response, limits, id, "");
    try {
      checkFraming(request);
      gate.checkSite(Request.getServerName(request), request.getHeaders().get("origin"));
      RouteTable.Found found = routes.find(request.getMethod(), path);
      gate.checkRole(
          found instanceof RouteTable.Hit hit ? hit.match().route().role() : Role.CLIENT, exchange);
      switch (found) {
        case RouteTable.Hit(RouteTable.Match(Route route, String name)) -> {
          if (draining && route.role() != Role.PUBLIC) {
            throw ApiException.unavailable(
                "draining", 5, "The server is shutting down and takes no new requests.");
          }
          exchange = new Exchange(request, response, limits, id, name);
          route.endpoint().serve(exchange);
        }
        case RouteTable.WrongMethod(String allow) -> {
          exchange.setHeader("allow", allow);
          throw ApiException.refused(
              405, "method_not_allowed", "This path allows only: %s.".formatted(allow));
        }
        case RouteTable.Nothing() ->
            throw ApiException.refused(404, "unknown_url", "There is nothing at this path.");
      }
    } catch (ApiException e) {
      answer(exchange, e);
    } catch (ClientGoneException e) {
      LOG.debug("request {}: client gone: {}", id, e.getMessage());
      exchange.cut();
    } catch (RuntimeException | Error e) {
      LOG.error("request {} failed", id, e);
      answer(
          exchange,
          ApiException.failed(500, "internal_error", "The server failed. Request id: " + id));
      if (e instanceof VirtualMachineError) {
        throw e;
      }
    }
    return exchange;
  }

  /**
   * Jetty removes only the last transfer coding; whoever names others means a body that is not
   * here.
   */
  private static void checkFraming(Request request) {
    String coding = request.getHeaders().get(HttpHeader.TRANSFER_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase("chunked")) {
      throw ApiException.refused(
          400, "bad_framing", "Transfer-Encoding: the only coding allowed is chunked.");
    }
  }

  private static void answer(Exchange exchange, ApiException error) throws InterruptedException {
    try {
      if (exchange.isAnswered()) {
        exchange.cut();
      } else {
        exchange.send(error);
        exchange.linger(LINGER_MILLIS);
      }
    } catch (ClientGoneException e) {
      exchange.cut();
    }
  }

  private void log(Exchange exchange, String path) {
    log.accept(
        new Served(
            exchange.id(),
            exchange.method(),
            path,
            exchange.isAnswered() ? exchange.status() : CLIENT_GONE,
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - exchange.startNanos()),
            exchange.promptTokens(),
            exchange.completionTokens()));
  }

  private static String id(String presented) {
    if (presented != null && SANE_ID.matcher(presented).matches()) {
      return presented;
    }
    byte[] random = new byte[12];
    ThreadLocalRandom.current().nextBytes(random);
    return "req_" + HexFormat.of().formatHex(random);
  }
}
