package dev.tangram.server.store.fetch;

import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A file behind an address, as its listing describes it.
 *
 * @param bytes -1 while unknown
 * @param sha256 64 lower-case hex digits; empty if the listing has none
 * @param validator a strong ETag; empty if there is none
 */
public record RemoteFile(
    URI uri, Credentials credentials, long bytes, String sha256, String validator) {

  /**
   * Under which name its partial download is kept. Files with the same digest share it, wherever
   * they are: what a hub began, its mirror may finish.
   */
  String key() {
    String identity = sha256.isEmpty() ? uri + "\n" + bytes + "\n" + validator : sha256;
    return Sha256.hex(identity.getBytes(StandardCharsets.UTF_8)).substring(0, 32);
  }

  /** The same file with the size that the server told. */
  RemoteFile withBytes(long told) {
    return new RemoteFile(uri, credentials, told, sha256, validator);
  }
}
