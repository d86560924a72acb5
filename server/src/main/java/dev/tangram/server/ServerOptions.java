package dev.tangram.server;

import dev.tangram.engine.EngineOptions;
import dev.tangram.server.host.HostLimits;
import dev.tangram.server.http.ApiKey;
import dev.tangram.server.http.HttpLimits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Settings of a server. Everything has a bound, and everything is printed by {@link ConfigText}.
 *
 * @param host address to listen on; anything but loopback needs {@code publicBind} and an API key
 * @param port 0 for any free one
 * @param publicBind other machines may connect
 * @param models names to open at start, in order
 * @param allowedHosts names that may stand in {@code Host} and {@code Origin} besides the loopback
 *     ones
 * @param apiKey what clients must present, if anything
 * @param grace longest time that running requests get when the server stops
 */
public record ServerOptions(
    String host,
    int port,
    boolean publicBind,
    List<String> models,
    Set<String> allowedHosts,
    Optional<ApiKey> apiKey,
    HttpLimits http,
    HostLimits hosting,
    EngineOptions engine,
    Duration grace) {
  /** Loopback, port 8080, no model. */
  public static final ServerOptions DEFAULT =
      new ServerOptions(
          "127.0.0.1",
          8080,
          false,
          List.of(),
          Set.of(),
          Optional.empty(),
          HttpLimits.DEFAULT,
          HostLimits.DEFAULT,
          EngineOptions.DEFAULT,
          Duration.ofSeconds(30));

  public ServerOptions {
    models = List.copyOf(models);
    allowedHosts =
        allowedHosts.stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: found %d, allowed: 0 to 65535".formatted(port));
    }
    if (!isLoopback(host) && !(publicBind && apiKey.isPresent())) {
      throw new IllegalArgumentException(
          "host: found %s, which other machines can reach; allowed: 127.0.0.1, ::1, localhost, or a public bind that is asked for and has an API key"
              .formatted(host));
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return !host.isBlank() && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "host: found %s, allowed: an address or name of this machine".formatted(host), e);
    }
  }

  public ServerOptions withHost(String value) {
    return new ServerOptions(
        value, port, publicBind, models, allowedHosts, apiKey, http, hosting, engine, grace);
  }

  public ServerOptions withPort(int value) {
    return new ServerOptions(
        host, value, publicBind, models, allowedHosts, apiKey, http, hosting, engine, grace);
  }

  /** Listens for other machines, which have to present the key. */
  public ServerOptions withPublicBind(String address, ApiKey key) {
    return new ServerOptions(
        address, port, true, models, allowedHosts, Optional.of(key), http, hosting, engine, grace);
  }

  public ServerOptions withModels(List<String> value) {
    return new ServerOptions(
        host, port, publicBind, value, allowedHosts, apiKey, http, hosting, engine, grace);
  }

  public ServerOptions withAllowedHosts(Set<String> value) {
    return new ServerOptions(
        host, port, publicBind, models, value, apiKey, http, hosting, engine, grace);
  }

  public ServerOptions withApiKey(ApiKey value) {
    return new ServerOptions(
        host,
        port,
        publicBind,
        models,
        allowedHosts,
        Optional.of(value),
        http,
        hosting,
        engine,
        grace);
  }

  public ServerOptions withHttp(HttpLimits value) {
    return new ServerOptions(
        host, port, publicBind, models, allowedHosts, apiKey, value, hosting, engine, grace);
  }

  public ServerOptions withHosting(HostLimits value) {
    return new ServerOptions(
        host, port, publicBind, models, allowedHosts, apiKey, http, value, engine, grace);
  }

  public ServerOptions withEngine(EngineOptions value) {
    return new ServerOptions(
        host, port, publicBind, models, allowedHosts, apiKey, http, hosting, value, grace);
  }

  public ServerOptions withGrace(Duration value) {
    return new ServerOptions(
        host, port, publicBind, models, allowedHosts, apiKey, http, hosting, engine, value);
  }
}
