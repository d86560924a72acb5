package dev.tangram.server.store;

import dev.tangram.server.store.fetch.DiskException;
import dev.tangram.server.store.fetch.Progress;
import java.nio.file.Path;

/** Adds up what many connections bring, and tells the listener now and then. Thread-safe. */
final class Meter implements Progress {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final PullListener listener;
  private final String source;
  private final String name;
  private final Path folder;
  private final Space space;
  private long doneBytes;
  private long totalBytes;
  private long lastNanos;
  private boolean verifying;

  Meter(
      PullListener listener,
      String name,
      String source,
      long totalBytes,
      Path folder,
      Space space) {
    this.listener = listener;
    this.name = name;
    this.source = source;
    this.totalBytes = totalBytes;
    this.folder = folder;
    this.space = space;
  }

  @Override
  public synchronized void arrived(long bytes) {
    doneBytes += bytes;
    long now = System.nanoTime();
    boolean complete = doneBytes == totalBytes;
    if (complete || lastNanos == 0 || now - lastNanos >= INTERVAL_NANOS) {
      lastNanos = now;
      listener.progress(doneBytes, totalBytes);
    }
  }

  @Override
  public synchronized void sized(long bytes) throws DiskException {
    space.require(folder, bytes - doneBytes);
    totalBytes = bytes;
  }

  /** Says so only once everything is here: parts are checked while others still arrive. */
  @Override
  public synchronized void checking() {
    if (!verifying && (totalBytes < 0 || doneBytes >= totalBytes)) {
      verifying = true;
      listener.verifying(name);
    }
  }

  @Override
  public synchronized void resuming(String why) {
    listener.resuming(source, why);
  }
}
