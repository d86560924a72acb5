package dev.tangram.cli;

import dev.tangram.cli.text.HumanSize;
import dev.tangram.cli.text.Screen;
import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.ModelUse;
import dev.tangram.server.store.StoredModel;

/** Opens a model, and says so while it takes long. */
final class Loading {
  private static final long QUIET_MILLIS = 700;
  private static final long TICK_MILLIS = 100;

  private Loading() {}

  /** As {@link #open}, for models that make text. */
  static Engine text(Surroundings surroundings, StoredModel model, EngineOptions options)
      throws InterruptedException {
    Engine engine = open(surroundings, model, options);
    if (engine.use() == ModelUse.GENERATE) {
      return engine;
    }
    engine.close();
    throw Failure.failed(
        "%s is %s: it makes no text; %s",
        model.name(),
        engine.use().words(),
        engine.use() == ModelUse.EMBED
            ? "try: tangram embed " + model.name() + " \"TEXT\""
            : "serve it and ask /v1/rerank");
  }

  static Engine open(Surroundings surroundings, StoredModel model, EngineOptions options)
      throws InterruptedException {
    Screen screen = surroundings.screen();
    if (!screen.errTerminal()) {
      return surroundings.engines().open(model.file(), options);
    }
    Thread clock = Thread.ofPlatform().daemon().name("loading").start(() -> show(screen, model));
    try {
      return surroundings.engines().open(model.file(), options);
    } finally {
      clock.interrupt();
      clock.join();
    }
  }

  private static void show(Screen screen, StoredModel model) {
    long start = System.nanoTime();
    boolean shown = false;
    try {
      Thread.sleep(QUIET_MILLIS);
      while (true) {
        String line =
            "loading %s (%s)  %.1f s"
                .formatted(
                    model.name(), HumanSize.of(model.bytes()), (System.nanoTime() - start) / 1e9);
        screen.err().print("\r" + screen.dimErr(line) + "\033[K");
        screen.err().flush();
        shown = true;
        Thread.sleep(TICK_MILLIS);
      }
    } catch (InterruptedException e) {
      if (shown) {
        screen.err().print("\r\033[K");
        screen.err().flush();
      }
    }
  }
}
