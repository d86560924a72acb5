package dev.tangram.server.store;

/**
 * Follows one pull. Calls come from several threads, never two at a time; they must return quickly,
 * since the download waits for them. Every method does nothing unless overridden.
 */
public interface PullListener {

  /** Hears nothing. */
  PullListener SILENT = new PullListener() {};

  /** A source is asked now; for people, such as {@code hub huggingface.co/ORG/REPO}. */
  default void sourceTried(String source) {}

  /** A source gave nothing usable; the next one is tried. {@code why} is one line. */
  default void sourceFailed(String source, String why) {}

  /** A connection broke and is opened again; bytes that arrived are kept. */
  default void resuming(String source, String why) {}

  /**
   * Bytes of this source that are on disk, counting those of earlier runs.
   *
   * @param doneBytes never falls while one source is being read
   * @param totalBytes -1 while unknown
   */
  default void progress(long doneBytes, long totalBytes) {}

  /** All bytes are here; their digest is computed and compared. */
  default void verifying(String name) {}

  /** Another thread or process is pulling the same model; this one waits for it. */
  default void waitingForOtherProcess(String name) {}
}
