package dev.tangram.server.store;

import dev.tangram.server.store.fetch.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Verified files by digest: {@code blobs/sha256-HEX}, mode 0444. A file appears here only after its
 * digest was computed and compared, by an atomic rename, and is never written again. A checkpoint is
 * a folder of such files, under the digest of its listing.
 */
final class Blobs {
  private final Path folder;

  Blobs(Path root) {
    this.folder = root.resolve("blobs");
  }

  Path folder() {
    return folder;
  }

  /**
   * The path of a digest, whether present or not.
   *
   * @throws IllegalArgumentException if the text is no digest and so could name another file
   */
  Path path(String sha256) {
    if (!Sha256.isHex(sha256)) {
      throw new IllegalArgumentException(
          "The digest '" + ReferenceParser.shown(sha256) + "' is not 64 lower-case hex digits");
    }
    return folder.resolve("sha256-" + sha256);
  }

  /**
   * The file of a digest; empty if it is absent, of another size, or no plain file of this folder.
   */
  Optional<Path> find(String sha256, long bytes) throws IOException {
    Path path = path(sha256);
    // A symbolic link could point at a file that changes, or that is none of the store's business.
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return CheckpointFolder.bytes(path) == bytes ? Optional.of(path) : Optional.empty();
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) || Files.size(path) != bytes) {
      return Optional.empty();
    }
    return Optional.of(path);
  }

  /** Takes in a finished file of the same file system, whose digest the caller has verified. */
  void adopt(Path finished, String sha256) throws IOException {
    Path target = path(sha256);
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      // Not the right size, or a link: find() refused it.
      delete(sha256);
    }
    if (Files.isDirectory(finished)) {
      DurableFiles.publishFolder(finished, target);
    } else {
      DurableFiles.publish(finished, target);
    }
  }

  void delete(String sha256) throws IOException {
    Path path = path(sha256);
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      DurableFiles.deleteFolder(path);
    } else {
      DurableFiles.delete(path);
    }
  }
}
