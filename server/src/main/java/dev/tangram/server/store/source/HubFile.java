package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.Connections;
import dev.tangram.server.store.fetch.Credentials;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.HttpFetcher;
import dev.tangram.server.store.fetch.RemoteFile;
import java.net.URI;
import java.util.List;

/** A file of a hub repository whose size and digest the catalogue pins: nothing has to be asked. */
public record HubFile(
    String title,
    URI endpoint,
    boolean offline,
    Credentials credentials,
    List<String> path,
    long bytes,
    String sha256)
    implements Source {

  @Override
  public Located locate(HttpFetcher fetcher, Connections connections) throws FetchException {
    if (offline) {
      throw new FetchException(Kind.OFFLINE, "HF_HUB_OFFLINE is set");
    }
    URI uri = Addresses.under(endpoint, path.toArray(String[]::new));
    RemoteFile file = new RemoteFile(uri, credentials, bytes, sha256, "");
    return new Located(List.of(new Piece(file, "")), bytes, sha256, "", "");
  }
}
