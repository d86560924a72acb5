package dev.tangram.server.store.fetch;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * A secret and the only origin that may see it. Redirects to any other origin go without.
 *
 * @param origin null: no secret
 */
public record Credentials(Origin origin, String authorization) {
  /** No secret at all. */
  public static final Credentials NONE = new Credentials(null, "");

  /** A bearer token for the origin of {@code endpoint}; {@link #NONE} if the token is blank. */
  public static Credentials bearer(URI endpoint, String token) {
    return token == null || token.isBlank()
        ? NONE
        : new Credentials(Origin.of(endpoint), "Bearer " + token.strip());
  }

  /**
   * The {@code user:password@} part of an endpoint as basic authorization; {@link #NONE} if none.
   */
  public static Credentials userInfo(URI endpoint) {
    String userInfo = endpoint.getUserInfo();
    if (userInfo == null) {
      return NONE;
    }
    String full = userInfo.indexOf(':') < 0 ? userInfo + ":" : userInfo;
    return new Credentials(
        Origin.of(endpoint),
        "Basic " + Base64.getEncoder().encodeToString(full.getBytes(StandardCharsets.UTF_8)));
  }

  /** What to send to {@code uri}: the secret at its own origin, nothing elsewhere. */
  Optional<String> headerFor(URI uri) {
    return origin != null && origin.equals(Origin.of(uri))
        ? Optional.of(authorization)
        : Optional.empty();
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return origin == null ? "no credentials" : "credentials for " + origin;
  }
}
