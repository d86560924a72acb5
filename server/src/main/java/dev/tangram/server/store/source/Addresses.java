package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.Redacted;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Puts addresses together from an endpoint and names that are not trusted to be harmless. */
final class Addresses {
  private Addresses() {}

  /** The endpoint (without password) followed by path segments, each encoded by itself. */
  static URI under(URI endpoint, String... segments) throws FetchException {
    StringBuilder text = new StringBuilder(Redacted.withoutUserInfo(endpoint).toString());
    while (text.charAt(text.length() - 1) == '/') {
      text.setLength(text.length() - 1);
    }
    for (String segment : segments) {
      for (String part : segment.split("/", -1)) {
        if (part.isEmpty() || part.equals(".") || part.equals("..")) {
          throw new FetchException(Kind.FORBIDDEN, "its listing names the path " + segment);
        }
        text.append('/').append(encoded(part));
      }
    }
    return URI.create(text.toString());
  }

  static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A configured endpoint, or a sentence that names the setting. */
  static URI endpoint(String text, String setting) {
    try {
      URI uri = new URI(text.strip());
      if (uri.getScheme() != null && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(setting + " is no address: " + e.getReason(), e);
    }
    throw new IllegalArgumentException(setting + " is no address with scheme and host");
  }

  /** Host and port for people. */
  static String host(URI uri) {
    return uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }
}
