package dev.tangram.server.store.fetch;

import dev.tangram.server.store.fetch.FetchException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * HTTP GET under the store's rules: {@link Egress} at every hop, secrets only at their own origin,
 * every wait bounded. Any thread may use it; close it after the pull.
 */
public final class HttpFetcher implements AutoCloseable {
  private final HttpClient client;
  private final Network network;
  private final Limits limits;
  private final ScheduledExecutorService watchers;

  /** A fetcher on the user's network settings. */
  public HttpFetcher(Network network, Limits limits) {
    this.network = network;
    this.limits = limits;
    // HTTP/1.1: parallel segments need connections of their own to add anything.
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limits.connect())
            .proxy(network.proxies());
    network.proxies().authenticator().ifPresent(builder::authenticator);
    network.trust().ifPresent(builder::sslContext);
    this.client = builder.build();
    ScheduledThreadPoolExecutor watch =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("tangram-fetch-watch").factory());
    watch.setRemoveOnCancelPolicy(true);
    this.watchers = watch;
  }

  /** The limits this fetcher keeps. */
  public Limits limits() {
    return limits;
  }

  /**
   * Sends one GET and follows redirects; the caller closes the answer and looks at its status.
   *
   * @throws FetchException if no answer came, or a hop was forbidden
   */
  public Answer open(URI uri, Map<String, String> headers, Credentials credentials)
      throws FetchException, InterruptedException {
    URI at = Egress.checked(uri);
    for (int hop = 0; ; hop++) {
      HttpResponse<InputStream> response = send(at, headers, credentials);
      String location = response.headers().firstValue("location").orElse("");
      if (!isRedirect(response.statusCode()) || location.isEmpty()) {
        return new Answer(
            response.statusCode(),
            at,
            response.headers(),
            response.body(),
            limits.idle(),
            watchers);
      }
      discard(response.body());
      if (hop == limits.redirectsMax()) {
        throw new FetchException(
            Kind.FORBIDDEN, "it redirects more than " + limits.redirectsMax() + " times");
      }
      at = Egress.redirected(at, location, isProxied(at));
    }
  }

  /**
   * Reads a small document, trying again when the server is busy or the connection breaks.
   *
   * @throws FetchException also for every status but 200
   */
  public Document read(URI uri, String accept, Credentials credentials)
      throws FetchException, InterruptedException {
    for (int attempt = 0; ; attempt++) {
      try (Answer answer = open(uri, Map.of("Accept", accept), credentials)) {
        if (answer.status() != 200) {
          throw Statuses.failure(answer);
        }
        return new Document(answer.uri(), answer.header("content-type"), bytes(answer));
      } catch (FetchException e) {
        if (e.kind() != Kind.BROKEN || attempt >= 2) {
          throw e;
        }
      }
      Thread.sleep(limits.pause(attempt));
    }
  }

  private byte[] bytes(Answer answer) throws FetchException, InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 14];
    for (int n = answer.read(buffer, 0, buffer.length);
        n >= 0;
        n = answer.read(buffer, 0, buffer.length)) {
      out.write(buffer, 0, n);
      if (out.size() > limits.documentBytesMax()) {
        throw new FetchException(
            Kind.REFUSED, "its listing is larger than " + limits.documentBytesMax() + " bytes");
      }
    }
    return out.toByteArray();
  }

  private HttpResponse<InputStream> send(
      URI uri, Map<String, String> headers, Credentials credentials)
      throws FetchException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .GET()
            .timeout(limits.idle())
            .setHeader("User-Agent", "tangram-store")
            // Ranges and digests are about the file's own bytes.
            .setHeader("Accept-Encoding", "identity");
    headers.forEach(request::setHeader);
    credentials.headerFor(uri).ifPresent(value -> request.setHeader("Authorization", value));
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw Failures.of(e, network.describePeer(uri), limits);
    }
  }

  private boolean isProxied(URI uri) {
    List<Proxy> proxies = network.proxies().select(uri);
    return proxies.stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT);
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private static void discard(InputStream body) {
    try (body) {
      // A small body read to its end lets the connection be used again.
      body.readNBytes(1 << 14);
    } catch (IOException e) {
      return;
    }
  }

  @Override
  public void close() {
    watchers.shutdownNow();
    client.shutdownNow();
  }
}
