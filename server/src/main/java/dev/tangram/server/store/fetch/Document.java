package dev.tangram.server.store.fetch;

import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A small document in memory.
 *
 * @param uri where it came from after redirects; relative links start here
 * @param type its content type; empty if the server names none
 */
public record Document(URI uri, String type, byte[] bytes) {

  /** The bytes as UTF-8. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
