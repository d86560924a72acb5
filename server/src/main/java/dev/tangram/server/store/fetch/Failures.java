package dev.tangram.server.store.fetch;

import dev.tangram.server.store.fetch.FetchException.Kind;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import javax.net.ssl.SSLException;

/**
 * Network exceptions in words. The HTTP client often throws with no message and a telling cause.
 */
final class Failures {
  private Failures() {}

  /** What a failed request means, for the host that was asked. */
  static FetchException of(Throwable e, String host, Limits limits) {
    if (caused(e, UnresolvedAddressException.class) || caused(e, UnknownHostException.class)) {
      return new FetchException(Kind.UNREACHABLE, "the name " + host + " cannot be resolved", e);
    }
    if (caused(e, HttpConnectTimeoutException.class)) {
      String line = "no connection to " + host + " within " + seconds(limits.connect());
      return new FetchException(Kind.UNREACHABLE, line, e);
    }
    if (caused(e, HttpTimeoutException.class)) {
      String line = host + " did not answer within " + seconds(limits.idle());
      return new FetchException(Kind.BROKEN, line, e);
    }
    if (caused(e, ConnectException.class) || caused(e, NoRouteToHostException.class)) {
      return new FetchException(Kind.UNREACHABLE, host + " refuses connections", e);
    }
    if (caused(e, SSLException.class)) {
      return new FetchException(
          Kind.UNREACHABLE, "no trusted connection to " + host + ": " + describe(e), e);
    }
    return new FetchException(
        Kind.BROKEN, "the connection to " + host + " broke (" + describe(e) + ")", e);
  }

  private static boolean caused(Throwable e, Class<? extends Throwable> type) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return true;
      }
    }
    return false;
  }

  /** A duration in seconds, such as {@code 60 s} or {@code 0.3 s}. */
  static String seconds(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis / 1e3 + " s";
  }

  /** One line of at most 160 characters. */
  static String describe(Throwable e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > 160 ? line.substring(0, 160) + "..." : line;
  }
}
