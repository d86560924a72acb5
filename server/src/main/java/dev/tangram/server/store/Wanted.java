package dev.tangram.server.store;

import dev.tangram.server.store.catalogue.CatalogueEntry;
import dev.tangram.server.store.catalogue.CatalogueFile;
import dev.tangram.server.store.fetch.Sha256;
import dev.tangram.server.store.source.Source;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a pull is after.
 *
 * @param name the canonical name under which it will be stored
 * @param sha256 the pinned digest; empty if nobody pinned one
 * @param bytes the pinned size; -1 if nobody pinned one
 * @param files the pinned files of a model that is a folder; empty if it is one file or not pinned
 */
record Wanted(
    String name,
    String sha256,
    long bytes,
    String license,
    String licenseUrl,
    List<CatalogueFile> files,
    List<Source> sources) {

  static Wanted pinned(CatalogueEntry entry, List<Source> sources) {
    return new Wanted(
        entry.reference(),
        entry.sha256(),
        entry.bytes(),
        entry.license(),
        entry.licenseUrl(),
        entry.files(),
        sources);
  }

  static Wanted open(ModelReference reference, List<Source> sources) {
    return new Wanted(reference.toString(), "", -1, "", "", List.of(), sources);
  }

  boolean isPinned() {
    return !sha256.isEmpty();
  }

  /** Names the lock and the partial folder: names of the same pinned bytes share them. */
  String key() {
    return isPinned()
        ? Shelf.PINNED + sha256
        : "name-" + Sha256.hex(name.getBytes(StandardCharsets.UTF_8)).substring(0, 40);
  }
}
