package dev.tangram.server.store;

import dev.tangram.server.store.PullException.Reason;
import dev.tangram.server.store.catalogue.CatalogueFile;
import dev.tangram.server.store.fetch.Connections;
import dev.tangram.server.store.fetch.DiskException;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.HttpFetcher;
import dev.tangram.server.store.fetch.Limits;
import dev.tangram.server.store.fetch.Network;
import dev.tangram.server.store.source.Located;
import dev.tangram.server.store.source.LocatedFolder;
import dev.tangram.server.store.source.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One pull: tries the sources in order until one yields the model. Called under the pull's lock.
 */
final class Puller {
  private final Shelf shelf;
  private final Space space;
  private final Limits limits;
  private final PullListener listener;
  private final List<String> attempts = new ArrayList<>();
  private final List<Kind> kinds = new ArrayList<>();

  Puller(Shelf shelf, Space space, Limits limits, PullListener listener) {
    this.shelf = shelf;
    this.space = space;
    this.limits = limits;
    this.listener = listener;
  }

  StoredModel run(Wanted wanted, Network network)
      throws PullException, IOException, InterruptedException {
    if (wanted.isPinned()) {
      if (isPresent(wanted)) {
        // Verified when it entered, perhaps under another name, or just before a crash.
        return shelf.name(
            model(
                wanted,
                "already in the store",
                wanted.sha256(),
                wanted.bytes(),
                "",
                wanted.files()));
      }
    }
    Path folder = shelf.partial(wanted.key());
    try (HttpFetcher fetcher = new HttpFetcher(network, limits)) {
      for (Source source : wanted.sources()) {
        listener.sourceTried(source.title());
        try {
          StoredModel model = from(source, wanted, folder, fetcher);
          DurableFiles.deleteFolder(folder);
          return model;
        } catch (FetchException e) {
          note(source, e, folder);
        }
      }
    }
    throw failure(wanted);
  }

  private boolean isPresent(Wanted wanted) throws IOException {
    if (wanted.files().isEmpty()) {
      return shelf.blobs().find(wanted.sha256(), wanted.bytes()).isPresent();
    }
    return shelf.blobs().haveAll(wanted.files());
  }

  private StoredModel from(Source source, Wanted wanted, Path folder, HttpFetcher fetcher)
      throws IOException, InterruptedException {
    Connections connections = new Connections(limits.connectionsMax());
    return switch (source.locate(fetcher, connections)) {
      case Located file -> file(source, wanted, file, folder, fetcher, connections);
      case LocatedFolder files -> folder(source, wanted, files, folder, fetcher, connections);
    };
  }

  /** Brings the files one after the other; what is here already, from whichever model, is kept. */
  private StoredModel folder(
      Source source,
      Wanted wanted,
      LocatedFolder located,
      Path folder,
      HttpFetcher fetcher,
      Connections connections)
      throws IOException, InterruptedException {
    Meter meter =
        new Meter(listener, wanted.name(), source.title(), located.downloadBytes(), folder, space);
    Assembly assembly = new Assembly(fetcher, connections, folder, meter, space);
    List<CatalogueFile> files = new ArrayList<>();
    Map<String, Path> arrived = new HashMap<>();
    for (LocatedFolder.File each : located.files()) {
      files.add(one(each.name(), each.located(), assembly, meter, arrived));
    }
    String digest = CatalogueFile.digest(files);
    if (wanted.isPinned() && !digest.equals(wanted.sha256())) {
      throw new FetchException(
          Kind.WRONG_DIGEST,
          "its files have the digest " + digest + " instead of " + wanted.sha256());
    }
    StoredModel model =
        model(wanted, source.title(), digest, CatalogueFile.bytes(files), located.license(), files);
    return shelf.adopt(arrived, model);
  }

  /** Brings one file; what is not in the store yet waits in the partial folder for the others. */
  private CatalogueFile one(
      String name, Located located, Assembly assembly, Meter meter, Map<String, Path> arrived)
      throws IOException, InterruptedException {
    if (!located.sha256().isEmpty()
        && shelf.blobs().find(located.sha256(), located.bytes()).isPresent()) {
      if (located.isPlainFile()) {
        meter.arrived(located.bytes());
      }
      return new CatalogueFile(name, located.bytes(), located.sha256());
    }
    Assembly.Assembled done = assembly.run(located);
    Path file = done.file();
    if (!located.isPlainFile()) {
      // The next one is put together under the same name.
      file = file.resolveSibling("file-" + arrived.size());
      Files.move(done.file(), file, StandardCopyOption.REPLACE_EXISTING);
    }
    arrived.put(done.sha256(), file);
    return new CatalogueFile(name, done.bytes(), done.sha256());
  }

  private StoredModel file(
      Source source,
      Wanted wanted,
      Located located,
      Path folder,
      HttpFetcher fetcher,
      Connections connections)
      throws IOException, InterruptedException {
    String license = located.license();
    if (!located.sha256().isEmpty()
        && shelf.blobs().find(located.sha256(), located.bytes()).isPresent()) {
      return shelf.name(
          model(wanted, source.title(), located.sha256(), located.bytes(), license, List.of()));
    }
    Meter meter =
        new Meter(listener, wanted.name(), source.title(), located.downloadBytes(), folder, space);
    Assembly assembly = new Assembly(fetcher, connections, folder, meter, space);
    Assembly.Assembled done = assembly.run(located);
    if (!done.license().isEmpty()) {
      license = done.license();
    }
    StoredModel model =
        model(wanted, source.title(), done.sha256(), done.bytes(), license, List.of());
    return shelf.adopt(done.file(), model);
  }

  private StoredModel model(
      Wanted wanted,
      String source,
      String sha256,
      long bytes,
      String foundLicense,
      List<CatalogueFile> files) {
    String license = wanted.license().isEmpty() ? foundLicense : wanted.license();
    return new StoredModel(
        wanted.name(),
        files.isEmpty() ? shelf.blobs().path(sha256) : shelf.folders().path(sha256),
        bytes,
        sha256,
        source,
        license,
        wanted.licenseUrl(),
        Instant.now(),
        files);
  }

  private void note(Source source, FetchException e, Path folder) throws IOException {
    attempts.add(source.title() + ": " + e.getMessage());
    kinds.add(e.kind());
    listener.sourceFailed(source.title(), e.getMessage());
    if (e.kind() == Kind.WRONG_DIGEST) {
      // Parts whose sum is wrong are of no use to anybody.
      DurableFiles.deleteFolder(folder);
      shelf.partial(folder.getFileName().toString());
    }
  }

  private PullException failure(Wanted wanted) {
    Reason reason =
        kinds.contains(Kind.WRONG_DIGEST)
            ? Reason.WRONG_DIGEST
            : !kinds.isEmpty() && kinds.stream().allMatch(kind -> kind == Kind.OFFLINE)
                ? Reason.OFFLINE
                : Reason.NO_SOURCE;
    String tried = attempts.isEmpty() ? "it has no sources" : String.join("; ", attempts);
    return new PullException(reason, wanted.name() + " could not be pulled: " + tried);
  }

  /** What a failing disk means for a pull. */
  static PullException disk(String name, DiskException e) {
    return e.full()
        ? new PullException(
            Reason.DISK_FULL,
            name
                + " could not be pulled: "
                + e.getMessage()
                + "; what arrived is kept for the next try",
            e)
        : new PullException(Reason.STORE, name + " could not be pulled: " + e.getMessage(), e);
  }
}
