package dev.tangram.server.store;

import dev.tangram.server.store.StoreLocks.Held;
import dev.tangram.server.store.fetch.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's folder, and the few steps that change it. Each step is taken under one lock for all
 * processes, so that a file is never deleted while a name for it is being written.
 *
 * <pre>
 * blobs/sha256-HEX        verified models: a file, or a checkpoint's folder; files 0444
 * manifests/NAME.json     what each name stands for
 * partial/KEY/            downloads under way; nothing reads models from here
 * locks/KEY.lock          one pull of the same model at a time, across processes
 * catalogue.json          the user's own catalogue entries, optional
 * </pre>
 */
final class Shelf {
  /** How the key of a model with a pinned digest begins. */
  static final String PINNED = "sha256-";

  private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);
  private static final String CHANGES = "changes";
  private static final Duration PARTIAL_AGE_MAX = Duration.ofDays(14);

  private final Path root;
  private final Blobs blobs;
  private final Manifests manifests;
  private final StoreLocks locks;

  Shelf(Path root) {
    this.root = root;
    this.blobs = new Blobs(root);
    this.manifests = new Manifests(root, blobs);
    this.locks = new StoreLocks(root);
  }

  void create() throws IOException {
    DurableFiles.privateFolder(root);
    DurableFiles.privateFolder(blobs.folder());
    DurableFiles.privateFolder(manifests.folder());
    DurableFiles.privateFolder(locks.folder());
    DurableFiles.privateFolder(root.resolve("partial"));
  }

  Blobs blobs() {
    return blobs;
  }

  Manifests manifests() {
    return manifests;
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

  /** Names a file that is here. */
  StoredModel name(StoredModel model) throws IOException, InterruptedException {
    try (Held _ = locks.acquire(CHANGES, () -> {})) {
      if (blobs.find(model.sha256(), model.bytes()).isEmpty()) {
        throw new IOException("The file of " + model.name() + " was removed meanwhile");
      }
      manifests.write(model);
    }
    return model;
  }

  /** Forgets a name, and its file unless another name needs it. */
  boolean remove(StoredModel model) throws IOException, InterruptedException {
    try (Held _ = locks.acquire(CHANGES, () -> {})) {
      boolean known = manifests.delete(model.name());
      boolean needed =
          manifests.list().stream().anyMatch(other -> other.sha256().equals(model.sha256()));
      if (!needed) {
        blobs.delete(model.sha256());
      }
      return known;
    }
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
    if (Sha256.isHex(sha256) && Files.exists(blobs.path(sha256))) {
      return true;
    }
    return Files.getLastModifiedTime(folder).toInstant().isBefore(now.minus(PARTIAL_AGE_MAX));
  }
}
