package dev.tangram.server.store.fetch;

import java.net.URI;
import java.util.Locale;

/** Scheme, host and port: what a credential belongs to. */
public record Origin(String scheme, String host, int port) {

  /**
   * The origin of an address; the default port is written out, so that equal origins are equal.
   *
   * @throws IllegalArgumentException if the address has no scheme or host
   */
  public static Origin of(URI uri) {
    if (uri.getScheme() == null || uri.getHost() == null) {
      throw new IllegalArgumentException("The address " + uri + " names no scheme or no host");
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port);
  }

  /**
   * Whether the host is written as this machine: {@code localhost}, {@code 127.x.y.z}, {@code ::1}.
   */
  public boolean isLoopback() {
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  /**
   * Whether this is plain {@code http} to this machine, the only plain text that is ever allowed.
   */
  public boolean isLoopbackHttp() {
    return scheme.equals("http") && isLoopback();
  }

  @Override
  public String toString() {
    boolean usual = port == (scheme.equals("https") ? 443 : 80);
    return scheme + "://" + host + (usual ? "" : ":" + port);
  }
}
