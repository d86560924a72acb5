package dev.tangram.server.http;

import java.util.Optional;

/**
 * One line of the route table.
 *
 * @param path literal, or ending in <code>{name}</code>, which takes the rest of the path, slashes
 *     included
 */
public record Route(String method, String path, Role role, Endpoint endpoint) {
  private static final String REST = "{name}";

  /**
   * The captured rest (empty for a literal path) if the raw, still percent-encoded path is of this
   * route.
   */
  Optional<String> match(String raw) {
    if (!path.endsWith(REST)) {
      return path.equals(raw) ? Optional.of("") : Optional.empty();
    }
    String prefix = path.substring(0, path.length() - REST.length());
    return raw.startsWith(prefix) && raw.length() > prefix.length()
        ? Optional.of(raw.substring(prefix.length()))
        : Optional.empty();
  }
}
