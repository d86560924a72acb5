package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.Connections;
import dev.tangram.server.store.fetch.HttpFetcher;
import java.io.IOException;

/** A place that may have a model. */
public interface Source {
  /** For people, such as {@code hub huggingface.co/ORG/REPO}. */
  String title();

  /**
   * Finds out where the bytes are; asks the network only for listings.
   *
   * @throws IOException one line that says why this source cannot be used
   */
  Location locate(HttpFetcher fetcher, Connections connections)
      throws IOException, InterruptedException;
}
