package dev.tangram.server.host;

import dev.tangram.engine.Engine;
import java.util.concurrent.atomic.AtomicBoolean;

/** A model that stays open until this is closed. */
public final class Lease implements AutoCloseable {
  private final LoadedModel model;
  private final AtomicBoolean closed = new AtomicBoolean();

  Lease(LoadedModel model) {
    this.model = model;
  }

  /** The name under which it is listed. */
  public String name() {
    return model.name();
  }

  public Engine engine() {
    return model.engine();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      model.giveBack();
    }
  }
}
