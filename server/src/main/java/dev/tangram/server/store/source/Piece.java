package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.RemoteFile;

/**
 * One download that a model is put together from.
 *
 * @param member path of the data member inside the file, which is then a zip; empty: the file
 *     itself; {@link #ONLY_GGUF}: the one member that ends in {@code .gguf}
 */
public record Piece(RemoteFile file, String member) {
  /** Stands for the only GGUF member, whatever it is called. */
  public static final String ONLY_GGUF = "*.gguf";

  /** Whether the download is a zip to take a member from. */
  public boolean zipped() {
    return !member.isEmpty();
  }
}
