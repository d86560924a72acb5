package dev.tangram.server.store.fetch;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxy for an address: Java's own properties ({@code https.proxyHost}, ...) if set, else
 * {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY} in either case,
 * else pip's proxy.
 */
public final class Proxies extends ProxySelector {
  private static final String TUNNEL_PROPERTY = "jdk.http.auth.tunneling.disabledSchemes";

  private final boolean fromProperties;
  private final Optional<URI> https;
  private final Optional<URI> http;
  private final List<String> excluded;

  private Proxies(
      boolean fromProperties, Optional<URI> https, Optional<URI> http, List<String> excluded) {
    this.fromProperties = fromProperties;
    this.https = https;
    this.http = http;
    this.excluded = excluded;
  }

  /** From the environment and the JVM's properties. */
  static Proxies of(Map<String, String> env, Optional<String> pipProxy) {
    boolean properties =
        System.getProperty("https.proxyHost") != null
            || System.getProperty("http.proxyHost") != null
            || System.getProperty("socksProxyHost") != null;
    Optional<URI> all = either(env, "ALL_PROXY").flatMap(Proxies::uri);
    Optional<URI> pip = pipProxy.flatMap(Proxies::uri);
    Optional<URI> https = either(env, "HTTPS_PROXY").flatMap(Proxies::uri).or(() -> all);
    Optional<URI> http = either(env, "HTTP_PROXY").flatMap(Proxies::uri).or(() -> all);
    List<String> excluded =
        List.of(either(env, "NO_PROXY").orElse("").toLowerCase(Locale.ROOT).split("[,\\s]+"));
    Proxies proxies = new Proxies(properties, https.or(() -> pip), http.or(() -> pip), excluded);
    if (proxies.authenticator().isPresent() && System.getProperty(TUNNEL_PROPERTY) == null) {
      // Java refuses basic authorization to https proxies by default; this user asked for it.
      System.setProperty(TUNNEL_PROPERTY, "");
    }
    return proxies;
  }

  @Override
  public List<Proxy> select(URI uri) {
    if (fromProperties) {
      return ProxySelector.getDefault().select(uri);
    }
    Optional<URI> proxy = "https".equals(uri.getScheme()) ? https : http;
    if (proxy.isEmpty() || isExcluded(uri) || Origin.of(uri).isLoopback()) {
      return List.of(Proxy.NO_PROXY);
    }
    URI at = proxy.get();
    int port = at.getPort() >= 0 ? at.getPort() : 80;
    InetSocketAddress address = InetSocketAddress.createUnresolved(at.getHost(), port);
    return List.of(new Proxy(Proxy.Type.HTTP, address));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The request itself reports the failure.
  }

  /** Answers a proxy that asks for the user and password written in its address. */
  Optional<Authenticator> authenticator() {
    Optional<String> userInfo =
        https.map(URI::getUserInfo).or(() -> http.map(URI::getUserInfo)).filter(s -> !s.isEmpty());
    if (fromProperties || userInfo.isEmpty()) {
      return Optional.empty();
    }
    int colon = userInfo.get().indexOf(':');
    String user = colon < 0 ? userInfo.get() : userInfo.get().substring(0, colon);
    String password = colon < 0 ? "" : userInfo.get().substring(colon + 1);
    return Optional.of(
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            return getRequestorType() == RequestorType.PROXY
                ? new PasswordAuthentication(user, password.toCharArray())
                : null;
          }
        });
  }

  private boolean isExcluded(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    int port = Origin.of(uri).port();
    for (String pattern : excluded) {
      if (pattern.isEmpty()) {
        continue;
      }
      if (pattern.equals("*") || pattern.equals(host) || pattern.equals(host + ":" + port)) {
        return true;
      }
      String suffix = pattern.startsWith("*.") ? pattern.substring(1) : pattern;
      if (host.endsWith(suffix.startsWith(".") ? suffix : "." + suffix)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> either(Map<String, String> env, String name) {
    return Optional.ofNullable(env.get(name))
        .or(() -> Optional.ofNullable(env.get(name.toLowerCase(Locale.ROOT))))
        .filter(text -> !text.isBlank());
  }

  /**
   * A proxy may be written with or without a scheme; SOCKS works only through Java's properties.
   */
  private static Optional<URI> uri(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text.strip() : "http://" + text.strip());
      boolean usable = uri.getHost() != null && uri.getScheme().startsWith("http");
      return usable ? Optional.of(uri) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
