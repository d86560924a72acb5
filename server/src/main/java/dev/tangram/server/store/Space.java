package dev.tangram.server.store;

import dev.tangram.server.store.fetch.DiskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How much a disk can still take. */
@FunctionalInterface
interface Space {
  /** What stays free besides the model: journals, manifests, and everybody else's life. */
  long MARGIN_BYTES = 16 << 20;

  /** The real disk. */
  Space DISK = folder -> Files.getFileStore(folder).getUsableSpace();

  /** Bytes that this user may still write below {@code folder}. */
  long usableBytes(Path folder) throws IOException;

  /**
   * Checks before writing.
   *
   * @throws DiskException if fewer than {@code bytes} and the margin are usable
   */
  default void require(Path folder, long bytes) throws DiskException {
    long usable;
    try {
      usable = usableBytes(folder);
    } catch (IOException e) {
      throw new DiskException("Cannot ask how much space is left in " + folder, e);
    }
    if (usable - MARGIN_BYTES < bytes) {
      throw new DiskException(
          String.format(
              Locale.ROOT,
              "The disk of %s has %s free, %s are needed",
              folder,
              shown(usable),
              shown(bytes + MARGIN_BYTES)));
    }
  }

  /** Decimal units, as disks are sold and downloads are shown. */
  static String shown(long bytes) {
    return bytes < 10_000_000_000L
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
