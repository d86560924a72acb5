package dev.tangram.server.store.source;

import dev.tangram.server.store.catalogue.CatalogueFile;
import dev.tangram.server.store.fetch.Connections;
import dev.tangram.server.store.fetch.HttpFetcher;
import dev.tangram.server.store.source.PackageIndex.Wheel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A pinned model whose files lie in a folder of one Python wheel. */
public final class PackageFolder implements Source {
  private final PackageIndex index;
  private final PackageParts.Part part;
  private final List<CatalogueFile> pinned;

  /** A source of the files below {@code part.member()}. */
  PackageFolder(PackageIndex index, PackageParts.Part part, List<CatalogueFile> pinned) {
    this.index = index;
    this.part = part;
    this.pinned = List.copyOf(pinned);
  }

  @Override
  public String title() {
    return "package " + part.name() + " from " + index.hosts();
  }

  @Override
  public LocatedFolder locate(HttpFetcher fetcher, Connections connections)
      throws IOException, InterruptedException {
    Wheel wheel = connections.with(() -> index.wheel(fetcher, part.name(), part.version()));
    List<LocatedFolder.File> files = new ArrayList<>();
    for (CatalogueFile file : pinned) {
      Piece piece = new Piece(wheel.file(), part.member() + "/" + file.name());
      files.add(
          new LocatedFolder.File(
              file.name(), new Located(List.of(piece), file.bytes(), file.sha256(), "", "")));
    }
    return new LocatedFolder(files, "", "");
  }
}
