package dev.tangram.server.host;

import dev.tangram.engine.Engine;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/** An open model and how many requests hold it. */
public final class LoadedModel {
  private final ModelSource.Entry entry;
  private final Engine engine;
  private final Instant loadedAt;
  private final AtomicInteger leases = new AtomicInteger();
  private volatile long usedNanos = System.nanoTime();

  LoadedModel(ModelSource.Entry entry, Engine engine, Instant loadedAt) {
    this.entry = entry;
    this.engine = engine;
    this.loadedAt = loadedAt;
  }

  public String name() {
    return entry.name();
  }

  public Engine engine() {
    return engine;
  }

  public Instant loadedAt() {
    return loadedAt;
  }

  /** Weights and KV memory, in bytes. */
  public long memoryBytes() {
    return engine.card().weightBytes() + engine.card().kvCacheBytes();
  }

  /** Requests that hold it now. */
  public int leases() {
    return leases.get();
  }

  Lease lease() {
    leases.incrementAndGet();
    return new Lease(this);
  }

  void giveBack() {
    usedNanos = System.nanoTime();
    leases.decrementAndGet();
  }

  boolean isIdle() {
    return leases.get() == 0;
  }

  /** When it was last given back, on the clock of {@link System#nanoTime}. */
  long usedNanos() {
    return usedNanos;
  }
}
