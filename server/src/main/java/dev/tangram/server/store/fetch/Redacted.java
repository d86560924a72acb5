package dev.tangram.server.store.fetch;

import java.net.URI;

/** Addresses as people may see them: no passwords, no signed queries. */
public final class Redacted {
  private Redacted() {}

  /** Scheme, host, port and path. */
  public static String of(URI uri) {
    if (uri.getScheme() == null || uri.getHost() == null) {
      return "(no scheme or host)";
    }
    return Origin.of(uri) + (uri.getRawPath() == null ? "" : uri.getRawPath());
  }

  /** The same address without {@code user:password@}. */
  public static URI withoutUserInfo(URI uri) {
    if (uri.getRawUserInfo() == null) {
      return uri;
    }
    String text = uri.toString();
    int at = text.indexOf('@');
    return URI.create(uri.getScheme() + "://" + text.substring(at + 1));
  }
}
