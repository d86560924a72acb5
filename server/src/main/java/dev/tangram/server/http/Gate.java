package dev.tangram.server.http;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who may speak to this server at all. Web pages of other sites may not, by whatever name they
 * reach it: the name in {@code Host} and the site in {@code Origin} must be this machine's or
 * configured.
 */
final class Gate {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private final Set<String> allowedHosts;
  private final Optional<ApiKey> apiKey;

  /**
   * @param allowedHosts further host names, lower case, without port
   * @param apiKey what clients must present, if anything
   */
  Gate(Set<String> allowedHosts, Optional<ApiKey> apiKey) {
    this.allowedHosts = Set.copyOf(allowedHosts);
    this.apiKey = apiKey;
  }

  /**
   * @param host the request's authority without port, or null
   * @throws ApiException 403 for a foreign host or origin
   */
  void checkSite(String host, String origin) {
    if (host == null || !(isLiteral(host) || isOurs(host))) {
      throw ApiException.refused(
          403, "host_not_allowed", "The Host header names a host that this server does not serve.");
    }
    if (origin != null && !isAllowedOrigin(origin, host)) {
      throw ApiException.refused(
          403, "origin_not_allowed", "Pages of this Origin may not call this server.");
    }
  }

  /**
   * @throws ApiException 401 without the key, 403 from another machine
   */
  void checkRole(Role role, Exchange exchange) {
    if (role == Role.PUBLIC) {
      return;
    }
    if (apiKey.isPresent() && !presentsKey(exchange.header("authorization"))) {
      throw ApiException.refused(
          401,
          "invalid_api_key",
          "Incorrect API key provided, or none: send 'Authorization: Bearer KEY'.");
    }
    if (role == Role.ADMIN && !exchange.fromLoopback()) {
      throw ApiException.refused(403, "admin_is_local", "This route is open to this machine only.");
    }
  }

  private boolean presentsKey(String authorization) {
    return authorization != null
        && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
        && apiKey.orElseThrow().matches(authorization.substring(7).strip());
  }

  private boolean isOurs(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost") || name.endsWith(".localhost") || allowedHosts.contains(name);
  }

  /** An address cannot be rebound by a foreign name server. */
  private static boolean isLiteral(String host) {
    return host.startsWith("[") || host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
  }

  private boolean isAllowedOrigin(String origin, String host) {
    try {
      String site = URI.create(origin).getHost();
      return site != null
          && (isOurs(site)
              || site.equals("127.0.0.1")
              || site.equals("[::1]")
              || site.equalsIgnoreCase(host));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
