package dev.tangram.server.store.source;

import dev.tangram.server.store.catalogue.CatalogueFile;
import dev.tangram.server.store.fetch.Connections;
import dev.tangram.server.store.fetch.Credentials;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.HttpFetcher;
import dev.tangram.server.store.fetch.RemoteFile;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Files of a hub repository whose names, sizes and digests the catalogue pins: nothing has to be
 * asked.
 *
 * @param path of the repository's files, without their names
 */
public record HubFolder(
    String title,
    URI endpoint,
    boolean offline,
    Credentials credentials,
    List<String> path,
    List<CatalogueFile> pinned)
    implements Source {

  @Override
  public LocatedFolder locate(HttpFetcher fetcher, Connections connections) throws FetchException {
    if (offline) {
      throw new FetchException(Kind.OFFLINE, "HF_HUB_OFFLINE is set");
    }
    List<LocatedFolder.File> files = new ArrayList<>();
    for (CatalogueFile file : pinned) {
      List<String> whole = new ArrayList<>(path);
      whole.addAll(Arrays.asList(file.name().split("/")));
      URI uri = Addresses.under(endpoint, whole.toArray(String[]::new));
      RemoteFile remote = new RemoteFile(uri, credentials, file.bytes(), file.sha256(), "");
      files.add(
          new LocatedFolder.File(
              file.name(),
              new Located(List.of(new Piece(remote, "")), file.bytes(), file.sha256(), "", "")));
    }
    return new LocatedFolder(files, "", "");
  }
}
