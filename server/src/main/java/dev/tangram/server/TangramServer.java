package dev.tangram.server;

import dev.tangram.engine.Engine;
import dev.tangram.server.admin.AdminEndpoints;
import dev.tangram.server.host.Checkout;
import dev.tangram.server.host.EngineOpener;
import dev.tangram.server.host.ModelHost;
import dev.tangram.server.host.ModelSource;
import dev.tangram.server.http.HttpFront;
import dev.tangram.server.http.Route;
import dev.tangram.server.observe.AccessLog;
import dev.tangram.server.observe.HealthEndpoints;
import dev.tangram.server.observe.Metrics;
import dev.tangram.server.observe.UsageLog;
import dev.tangram.server.observe.UsageSink;
import dev.tangram.server.openai.OpenAiEndpoints;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server.
 *
 * <p>Threads: all methods by any.
 */
public final class TangramServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TangramServer.class);

  private final ServerOptions options;
  private final ModelHost host;
  private final Metrics metrics;
  private final HttpFront front;
  private final List<Route> routes;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final List<String> notOpened = new CopyOnWriteArrayList<>();
  private volatile boolean loading;

  private TangramServer(
      ServerOptions options, ModelSource models, EngineOpener opener, UsageSink usages)
      throws IOException {
    this.options = options;
    host = new ModelHost(models, opener, options.engine(), options.hosting());
    metrics = new Metrics(host::loaded);
    loading = !options.models().isEmpty();
    routes = new ArrayList<>();
    routes.addAll(new HealthEndpoints(() -> loading, stopping::get, metrics, version()).routes());
    routes.addAll(new OpenAiEndpoints(host, metrics, usages).routes());
    routes.addAll(new AdminEndpoints(host).routes());
    front =
        HttpFront.open(
            options.host(),
            options.port(),
            options.http(),
            options.allowedHosts(),
            options.apiKey(),
            routes,
            new AccessLog());
  }

  /**
   * Opens the port, then begins to open the models named in the options; {@code /health} says when
   * they are open.
   *
   * @throws IOException if the port cannot be opened
   */
  public static TangramServer start(ServerOptions options, ModelSource models) throws IOException {
    return start(options, models, Engine::open, new UsageLog());
  }

  /**
   * As {@link #start(ServerOptions, ModelSource)}, with other engines and another taker of usage
   * records.
   *
   * @param usages told of every generation, once
   */
  public static TangramServer start(
      ServerOptions options, ModelSource models, EngineOpener opener, UsageSink usages)
      throws IOException {
    var server = new TangramServer(options, models, opener, usages);
    LOG.info("listening on {} port {}", options.host(), server.port());
    if (server.loading) {
      Thread.ofVirtual().name("open-at-start").start(server::openModels);
    }
    return server;
  }

  private void openModels() {
    try {
      for (String name : options.models()) {
        open(name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      loading = false;
    }
  }

  private void open(String name) throws InterruptedException {
    Checkout checkout;
    do {
      checkout = host.checkout(name, stopping::get);
    } while (checkout instanceof Checkout.StillLoading);
    switch (checkout) {
      case Checkout.Ready(var lease) -> lease.close();
      case Checkout.Unknown() -> notOpened(name, "it is not stored");
      case Checkout.NoRoom() -> notOpened(name, "there is no room for it beside the other models");
      case Checkout.Failed failed -> notOpened(name, failed.message());
      case Checkout.StillLoading() -> throw new IllegalStateException("the loop ended early");
      case Checkout.Abandoned() -> LOG.info("model {}: the server stops", name);
    }
  }

  private void notOpened(String name, String why) {
    LOG.error("model {}: is not served: {}", name, why);
    notOpened.add("%s cannot be served: %s".formatted(name, why));
  }

  /**
   * Which models named in the options are not open and why, a sentence each; complete once {@link
   * #isLoading} is over.
   */
  public List<String> notOpened() {
    return List.copyOf(notOpened);
  }

  /** The port that is open. */
  public int port() {
    return front.port();
  }

  /** {@code http://HOST:PORT}. */
  public String address() {
    String host = options.host().indexOf(':') >= 0 ? "[" + options.host() + "]" : options.host();
    return "http://%s:%d".formatted(host, port());
  }

  /** True until the models named in the options are open, or known not to be. */
  public boolean isLoading() {
    return loading;
  }

  /** What is served, to whom. */
  public List<Route> routes() {
    return List.copyOf(routes);
  }

  /** Connections open now. */
  public int connections() {
    return front.connections();
  }

  /** Requests being served now. */
  public int running() {
    return front.running();
  }

  /** Waits until the server was stopped. */
  public void join() throws InterruptedException {
    stopped.await();
  }

  /**
   * Refuses new requests, lets the running ones finish within the grace, then closes everything.
   * Idempotent.
   *
   * @return true if all finished in time
   */
  public boolean stop(Duration grace) throws InterruptedException {
    if (!stopping.compareAndSet(false, true)) {
      join();
      return true;
    }
    boolean finished;
    try {
      finished = front.drain(grace);
    } finally {
      // Engines first: their generations end, and requests that still run can say so.
      host.close();
      front.drain(Duration.ofSeconds(1));
      front.close();
      metrics.close();
      stopped.countDown();
    }
    LOG.info("stopped{}", finished ? "" : ": the grace was over before all requests were answered");
    return finished;
  }

  /** Stops at SIGTERM and SIGINT within the options' grace. */
  public void stopAtShutdown() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    stop(options.grace());
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "tangram-stop"));
  }

  /** Stops without grace. */
  @Override
  public void close() {
    try {
      stop(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String version() {
    String version = TangramServer.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
