package dev.tangram.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;

/** All that is served; what is not in the table is 404. */
public final class RouteTable {
  private final List<Route> routes;

  public RouteTable(List<Route> routes) {
    this.routes = List.copyOf(routes);
  }

  public List<Route> routes() {
    return routes;
  }

  /** A route and what its <code>{name}</code> stands for. */
  record Match(Route route, String name) {}

  /** Outcome of a lookup. */
  sealed interface Found permits Hit, WrongMethod, Nothing {}

  record Hit(Match match) implements Found {}

  record WrongMethod(String allow) implements Found {}

  record Nothing() implements Found {}

  Found find(String method, String rawPath) {
    var allowed = new TreeSet<String>();
    for (Route route : routes) {
      var rest = route.match(rawPath);
      if (rest.isEmpty()) {
        continue;
      }
      if (route.method().equals(method)) {
        return new Hit(new Match(route, decode(rest.get())));
      }
      allowed.add(route.method());
    }
    return allowed.isEmpty() ? new Nothing() : new WrongMethod(String.join(", ", allowed));
  }

  private static String decode(String raw) {
    try {
      // '+' is a plus in a path; the decoder is made for forms.
      return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.refused(400, "invalid_path", "The path has a broken percent escape.");
    }
  }
}
