package dev.tangram.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The SHA-256 of an API key: it can be compared, never printed. */
public final class ApiKey {
  private final byte[] digest;

  private ApiKey(byte[] digest) {
    this.digest = digest;
  }

  /**
   * @throws IllegalArgumentException if the key has fewer than 16 characters or a character outside
   *     printable ASCII
   */
  public static ApiKey of(String key) {
    if (key.length() < 16 || key.length() > 512 || !key.chars().allMatch(c -> c > 32 && c < 127)) {
      throw new IllegalArgumentException(
          "API key: found %d characters, allowed: 16 to 512 of printable ASCII without blanks"
              .formatted(key.length()));
    }
    return new ApiKey(sha256(key));
  }

  /** Compares in time that does not depend on where the keys differ. */
  public boolean matches(String presented) {
    return MessageDigest.isEqual(digest, sha256(presented));
  }

  private static byte[] sha256(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "ApiKey[hidden]";
  }
}
