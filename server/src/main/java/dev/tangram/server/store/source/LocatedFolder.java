package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.RemoteFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model that is a folder of files, such as a checkpoint in safetensors.
 *
 * @param files at least one; each name once
 * @param license empty if the source does not say
 */
public record LocatedFolder(List<File> files, String license, String licenseUrl)
    implements Location {

  /**
   * One file of the folder.
   *
   * @param name its path in the folder; {@link
   *     dev.tangram.server.store.catalogue.CatalogueFile#NAME} says what it may be
   */
  public record File(String name, Located located) {}

  public LocatedFolder {
    files = List.copyOf(files);
    if (files.isEmpty() || files.stream().map(File::name).distinct().count() < files.size()) {
      throw new IllegalArgumentException("A located folder has no files, or two of one name");
    }
  }

  /** Bytes to be downloaded, each download counted once; -1 if some size is unknown. */
  public long downloadBytes() {
    Map<RemoteFile, Long> downloads = new LinkedHashMap<>();
    for (File file : files) {
      for (Piece piece : file.located().pieces()) {
        downloads.put(piece.file(), piece.file().bytes());
      }
    }
    long sum = 0;
    for (long bytes : downloads.values()) {
      if (bytes < 0) {
        return -1;
      }
      sum = Math.addExact(sum, bytes);
    }
    return sum;
  }
}
