package dev.tangram.server.store.catalogue;

import java.util.List;

/**
 * A model known by name. Size and digest pin its bytes: whichever source yields them has the model.
 *
 * @param preferred whether the bare {@code name} means this tag
 * @param title for people
 * @param parameters such as {@code 0.5B}
 * @param license SPDX id, or a name where there is none
 * @param context tokens that the model was trained for
 * @param fileName what the file is called where it was published; empty for a folder
 * @param sha256 64 lower-case hex digits; of a folder, {@link CatalogueFile#digest}
 * @param files the files of a model that is a folder; empty if it is one file
 * @param sources in the order in which they are tried
 */
public record CatalogueEntry(
    String name,
    String tag,
    boolean preferred,
    String title,
    String family,
    String parameters,
    String quantization,
    String license,
    String licenseUrl,
    int context,
    String fileName,
    long bytes,
    String sha256,
    List<CatalogueFile> files,
    List<CatalogueSource> sources) {

  public CatalogueEntry {
    files = List.copyOf(files);
    sources = List.copyOf(sources);
  }

  /** {@code name:tag}. */
  public String reference() {
    return name + ":" + tag;
  }
}
