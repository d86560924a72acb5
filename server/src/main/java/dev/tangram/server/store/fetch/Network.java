package dev.tangram.server.store.fetch;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How this machine reaches the network: its proxies, and whose certificates it trusts besides those
 * of the Java runtime.
 */
public record Network(Proxies proxies, Optional<SSLContext> trust) {

  /**
   * From the environment.
   *
   * @param pipCertificates the bundle that pip is configured with; empty if none
   * @param pipProxy the proxy that pip is configured with, used when the environment names none
   */
  public static Network of(
      Map<String, String> env, Optional<Path> pipCertificates, Optional<String> pipProxy) {
    Optional<Path> bundle =
        Optional.ofNullable(env.get("SSL_CERT_FILE"))
            .or(() -> Optional.ofNullable(env.get("REQUESTS_CA_BUNDLE")))
            .filter(text -> !text.isBlank())
            .map(Path::of)
            .or(() -> pipCertificates);
    return new Network(Proxies.of(env, pipProxy), bundle.flatMap(TrustedRoots::with));
  }

  /** Host of {@code uri}, and the proxy on the way, since either may be what fails. */
  String describePeer(URI uri) {
    for (Proxy proxy : proxies.select(uri)) {
      if (proxy.address() instanceof InetSocketAddress address) {
        return uri.getHost() + " (through proxy " + address.getHostString() + ")";
      }
    }
    return uri.getHost();
  }
}
