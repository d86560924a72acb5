package dev.tangram.server.store.fetch;

/** Hears about downloads; called from many threads at once. */
public interface Progress {
  /** More bytes are on disk. */
  void arrived(long bytes);

  /** A size became known that the listing did not give; may refuse it for lack of space. */
  void sized(long bytes) throws DiskException;

  /** A finished download is read again to compute its digest. */
  void checking();

  /** A connection broke and will be opened again. */
  void resuming(String why);
}
