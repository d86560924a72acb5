package dev.tangram.server.store.fetch;

import dev.tangram.server.store.fetch.FetchException.Kind;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/**
 * Where a request may go. Only {@code https}; plain {@code http} only to an endpoint on this
 * machine that the user configured. A redirect never leaves {@code https}, and never turns from the
 * outside towards this machine or its link-local neighbours (cloud metadata services live there).
 */
final class Egress {
  private Egress() {}

  /** Checks an address that came from configuration, the catalogue or a source's listing. */
  static URI checked(URI uri) throws FetchException {
    if (uri.getScheme() == null || uri.getHost() == null) {
      throw forbidden("an address names no scheme or no host");
    }
    Origin origin = Origin.of(uri);
    if (!origin.scheme().equals("https") && !origin.isLoopbackHttp()) {
      throw forbidden(
          "the address " + Redacted.of(uri) + " is not https (plain http only to this machine)");
    }
    return uri.getRawUserInfo() == null ? uri : Redacted.withoutUserInfo(uri);
  }

  /** Checks a redirect from {@code from}, and resolves it. */
  static URI redirected(URI from, String location, boolean throughProxy) throws FetchException {
    URI to;
    try {
      to = from.resolve(location.strip());
    } catch (IllegalArgumentException e) {
      throw new FetchException(Kind.FORBIDDEN, "it redirects to something that is no address", e);
    }
    if (to.getScheme() == null || to.getHost() == null || to.getRawUserInfo() != null) {
      throw forbidden("it redirects to an address without host, or with a password");
    }
    Origin source = Origin.of(from);
    Origin target = Origin.of(to);
    if (target.isLoopbackHttp() && source.isLoopbackHttp()) {
      return to;
    }
    if (!target.scheme().equals("https")) {
      throw forbidden("it redirects from https to " + target + ", which is not https");
    }
    if (!source.isLoopback() && !throughProxy) {
      refuseInward(target);
    }
    return to;
  }

  /** A name that does not resolve passes: the connection will say so itself. */
  private static void refuseInward(Origin target) throws FetchException {
    try {
      for (InetAddress address : InetAddress.getAllByName(target.host())) {
        if (address.isLoopbackAddress()
            || address.isLinkLocalAddress()
            || address.isAnyLocalAddress()
            || address.isMulticastAddress()) {
          throw forbidden("it redirects to " + target + ", an address inside this machine");
        }
      }
    } catch (UnknownHostException e) {
      return;
    }
  }

  private static FetchException forbidden(String line) {
    return new FetchException(Kind.FORBIDDEN, line);
  }
}
