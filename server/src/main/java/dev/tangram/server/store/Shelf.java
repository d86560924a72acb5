package dev.tangram.server.store;

import dev.tangram.engine.packed.PackedCopies;
import dev.tangram.server.store.StoreLocks.Held;
import dev.tangram.server.store.catalogue.CatalogueFile;
import dev.tangram.server.store.fetch.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's folder, and the few steps that change it. Each step is taken under one lock for all
 * processes, so that a file is never deleted while a name for it is being written.
 *
 * <pre>
 * blobs/sha256-HEX        verified models, 0444
 * folders/sha256-HEX/     models that are folders: links to their blobs
 * manifests/NAME.json     what each name stands for
 * partial/KEY/            downloads under way; nothing reads models from here
 * packed/                 packed copies of models, made and bounded by the engine
 * locks/KEY.lock          one pull of the same model at a time, across processes
 * catalogue.json          the user's own catalogue entries, optional
 * </pre>
 */
final class Shelf {
  /** How the key of a model with a pinned digest begins. */
  static final String PINNED = "sha256-";

  static final String PACKED = "packed";

  private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);
  private static final String CHANGES = "changes";
  private static final Duration PARTIAL_AGE_MAX = Duration.ofDays(14);

  private final Path root;
  private final Blobs blobs;
  private final Folders folders;
  private final Manifests manifests;
  private final StoreLocks locks;
  private final PackedCopies copies;

  Shelf(Path root) {
    this.root = root;
    this.blobs = new Blobs(root);
    this.folders = new Folders(root, blobs);
    this.manifests = new Manifests(root, blobs, folders);
    this.locks = new StoreLocks(root);
    this.copies = new PackedCopies(root.resolve(PACKED), 0);
  }

  void create() throws IOException {
    DurableFiles.privateFolder(root);
    DurableFiles.privateFolder(blobs.folder());
    DurableFiles.privateFolder(folders.folder());
    DurableFiles.privateFolder(manifests.folder());
    DurableFiles.privateFolder(locks.folder());
    DurableFiles.privateFolder(root.resolve("partial"));
  }

  Blobs blobs() {
    return blobs;
  }

  Folders folders() {
    return folders;
  }

  Manifests manifests() {
    return manifests;
  }

  /** The packed copies, to look at and to delete; making them is not the store's business. */
  PackedCopies copies() {
    return copies;
  }

  StoreLocks locks() {
    return locks;
  }

  /** The folder for one model's downloads; the caller holds its lock. */
  Path partial(String key) throws IOException {
    Path folder = root.resolve("partial").resolve(key);
    DurableFiles.privateFolder(folder);
    return folder;
  }

  /** Gives a finished, verified file its digest's name and the model's. */
  StoredModel adopt(Path finished, StoredModel model) throws IOException, InterruptedException {
    try (Held _ = locks.acquire(CHANGES, () -> {})) {
      if (blobs.find(model.sha256(), model.bytes()).isEmpty()) {
        blobs.adopt(finished, model.sha256());
      }
      manifests.write(model);
    }
    return model;
  }

  /**
   * Gives the finished, verified files of a folder their digests' names, and the model its own.
   *
   * @param finished those that are not here yet, by digest
   */
  StoredModel adopt(Map<String, Path> finished, StoredModel model)
      throws IOException, InterruptedException {
    try (Held _ = locks.acquire(CHANGES, () -> {})) {
      for (CatalogueFile file : model.files()) {
        if (blobs.find(file.sha256(), file.bytes()).isEmpty()) {
          blobs.adopt(finished.get(file.sha256()), file.sha256());
        }
      }
      folders.view(model.files());
      manifests.write(model);
    }
    return model;
  }

  /** Names a file or a folder that is here. */
  StoredModel name(StoredModel model) throws IOException, InterruptedException {
    try (Held _ = locks.acquire(CHANGES, () -> {})) {
      boolean present =
          model.files().isEmpty()
              ? blobs.find(model.sha256(), model.bytes()).isPresent()
              : blobs.haveAll(model.files());
      if (!present) {
        throw new IOException("The file of " + model.name() + " was removed meanwhile");
      }
      if (!model.files().isEmpty()) {
        folders.view(model.files());
      }
      manifests.write(model);
    }
    return model;
  }

  /** Forgets a name, and its file unless another name needs it. */
  boolean remove(StoredModel model) throws IOException, InterruptedException {
    try (Held _ = locks.acquire(CHANGES, () -> {})) {
      boolean known = manifests.delete(model.name());
      List<StoredModel> others = manifests.list();
      if (others.stream().noneMatch(other -> other.sha256().equals(model.sha256()))) {
        copies.remove(model.file());
        folders.delete(model.sha256());
      }
      for (String sha256 : digests(model).toList()) {
        if (others.stream().flatMap(Shelf::digests).noneMatch(sha256::equals)) {
          blobs.delete(sha256);
        }
      }
      return known;
    }
  }

  private static Stream<String> digests(StoredModel model) {
    return model.files().isEmpty()
        ? Stream.of(model.sha256())
        : model.files().stream().map(CatalogueFile::sha256);
  }

  /**
   * Deletes downloads of what is here already (a process may die between the two), and those that
   * nobody went on with. Those under way are locked and stay. Untidiness is no failure.
   */
  void sweep(Instant now) {
    Path partials = root.resolve("partial");
    try (var folders = Files.list(partials)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        if (isObsolete(folder, now)) {
          String key = folder.getFileName().toString();
          Optional<Held> lock = locks.tryAcquire(key);
          if (lock.isPresent()) {
            try (Held _ = lock.get()) {
              DurableFiles.deleteFolder(folder);
            }
          }
        }
      }
    } catch (IOException e) {
      LOG.warn("Old downloads in {} stay: {}", partials, e.getMessage());
    }
  }

  private boolean isObsolete(Path folder, Instant now) throws IOException {
    String key = folder.getFileName().toString();
    String sha256 = key.startsWith(PINNED) ? key.substring(PINNED.length()) : "";
    if (Sha256.isHex(sha256)
        && (Files.isRegularFile(blobs.path(sha256)) || Files.isDirectory(folders.path(sha256)))) {
      return true;
    }
    return Files.getLastModifiedTime(folder).toInstant().isBefore(now.minus(PARTIAL_AGE_MAX));
  }
}
