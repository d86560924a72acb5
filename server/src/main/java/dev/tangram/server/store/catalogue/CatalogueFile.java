package dev.tangram.server.store.catalogue;

import dev.tangram.server.store.fetch.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * One file of a model that is a folder.
 *
 * @param name its path in the folder, with {@code /} between the parts; never leaves the folder
 * @param bytes its size, at least 1
 * @param sha256 64 lower-case hex digits
 */
public record CatalogueFile(String name, long bytes, String sha256) {
  /** What a name may be: no part begins with a dot, so none can be {@code ..}. */
  public static final String NAME = "[A-Za-z0-9_][A-Za-z0-9._ -]*(/[A-Za-z0-9_][A-Za-z0-9._ -]*)*";

  /** Most files of one model. */
  public static final int COUNT_MAX = 500;

  public CatalogueFile {
    if (!name.matches(NAME) || name.length() > 200) {
      throw new IllegalArgumentException(
          "The file name '%s' must match %s and have at most 200 characters"
              .formatted(name.substring(0, Math.min(80, name.length())), NAME));
    }
    if (bytes < 1 || !Sha256.isHex(sha256)) {
      throw new IllegalArgumentException(
          "The file %s has %d bytes and sha256 %s".formatted(name, bytes, sha256));
    }
  }

  /**
   * The digest of a whole folder: sha256 of its lines {@code sha256, two spaces, name, line feed}
   * in the order of the names, as {@code sha256sum} prints them.
   */
  public static String digest(List<CatalogueFile> files) {
    StringBuilder lines = new StringBuilder();
    files.stream()
        .sorted(Comparator.comparing(CatalogueFile::name))
        .forEach(f -> lines.append(f.sha256()).append("  ").append(f.name()).append('\n'));
    return Sha256.hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes of all of them. */
  public static long bytes(List<CatalogueFile> files) {
    return files.stream().mapToLong(CatalogueFile::bytes).reduce(0, Math::addExact);
  }
}
