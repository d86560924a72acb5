package dev.tangram.server.store;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A model that can be loaded now.
 *
 * @param name canonical text of its {@link ModelReference}
 * @param file the GGUF file, or the folder of a checkpoint; read-only, and never changed while it
 *     has this name
 * @param bytes size of the file, or of the folder's files together
 * @param sha256 64 lower-case hex digits; empty for a {@link ModelReference.LocalFile}, which is
 *     not hashed
 * @param source where the bytes came from, for people
 * @param license SPDX id or name; empty when the source does not say
 * @param licenseUrl where the license is; empty when unknown
 * @param pulled when it entered the store; of a local file, its last change
 */
public record StoredModel(
    String name,
    Path file,
    long bytes,
    String sha256,
    String source,
    String license,
    String licenseUrl,
    Instant pulled) {

  /** The name as a reference. */
  public ModelReference reference() {
    return ModelReference.parse(name);
  }
}
