package dev.tangram.server.store;

import dev.tangram.server.store.catalogue.CatalogueFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A model that can be loaded now.
 *
 * @param name canonical text of its {@link ModelReference}
 * @param file the GGUF file, or the folder of a model that is one; read-only, and never changed
 *     while it has this name
 * @param bytes size of the file, or of all files of the folder
 * @param sha256 64 lower-case hex digits; empty for a {@link ModelReference.LocalFile}, which is
 *     not hashed; of a folder, {@link CatalogueFile#digest}
 * @param source where the bytes came from, for people
 * @param license SPDX id or name; empty when the source does not say
 * @param licenseUrl where the license is; empty when unknown
 * @param pulled when it entered the store; of a local file, its last change
 * @param files the files of a folder; empty for a model that is one file
 */
public record StoredModel(
    String name,
    Path file,
    long bytes,
    String sha256,
    String source,
    String license,
    String licenseUrl,
    Instant pulled,
    List<CatalogueFile> files) {

  public StoredModel {
    files = List.copyOf(files);
  }

  /** A model that is one file. */
  public StoredModel(
      String name,
      Path file,
      long bytes,
      String sha256,
      String source,
      String license,
      String licenseUrl,
      Instant pulled) {
    this(name, file, bytes, sha256, source, license, licenseUrl, pulled, List.of());
  }

  /** The name as a reference. */
  public ModelReference reference() {
    return ModelReference.parse(name);
  }
}
