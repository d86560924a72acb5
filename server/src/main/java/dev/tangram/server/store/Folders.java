package dev.tangram.server.store;

import dev.tangram.server.store.catalogue.CatalogueFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Models that are folders, as folders: {@code folders/sha256-HEX/NAME}, where HEX is the {@link
 * CatalogueFile#digest} of the files. Each file is a hard link to its blob, or a copy where the
 * file system has no links; a view can be made again from the blobs at any time.
 */
final class Folders {
  private final Path folder;
  private final Blobs blobs;

  Folders(Path root, Blobs blobs) {
    this.folder = root.resolve("folders");
    this.blobs = blobs;
  }

  Path folder() {
    return folder;
  }

  /** The path of a digest, whether present or not. */
  Path path(String sha256) {
    return folder.resolve(blobs.path(sha256).getFileName());
  }

  /** The folder of files whose blobs are all here; makes what is missing of it. */
  Path view(List<CatalogueFile> files) throws IOException {
    Path view = path(CatalogueFile.digest(files));
    for (CatalogueFile file : files) {
      Path path = view.resolve(file.name());
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
          || Files.size(path) != file.bytes()) {
        Files.createDirectories(path.getParent());
        link(path, blobs.path(file.sha256()));
      }
    }
    return view;
  }

  private static void link(Path path, Path blob) throws IOException {
    Files.deleteIfExists(path);
    try {
      Files.createLink(path, blob);
    } catch (FileAlreadyExistsException e) {
      // Another process made the same link meanwhile.
      return;
    } catch (UnsupportedOperationException | IOException e) {
      Path copy = Files.createTempFile(path.getParent(), ".copy", "");
      try {
        Files.copy(blob, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, path, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(copy);
      }
    }
  }

  /** Deletes a view; the blobs stay. */
  void delete(String sha256) throws IOException {
    Path view = path(sha256);
    DurableFiles.deleteFolder(view);
  }
}
