package dev.tangram.cli;

import dev.tangram.cli.text.Screen;
import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.server.store.ModelStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What commands find around them; tests give their own. */
record Surroundings(Screen screen, Map<String, String> env, EngineOpener engines) {
  /** Opens a model file; {@link Engine#open(Path, EngineOptions)} outside of tests. */
  @FunctionalInterface
  interface EngineOpener {
    Engine open(Path file, EngineOptions options);
  }

  static Surroundings ofProcess() {
    return new Surroundings(Screens.ofProcess(System.getenv()), System.getenv(), Engine::open);
  }

  ModelStore store() throws IOException {
    return ModelStore.open(ModelStore.defaultRoot(env), env);
  }

  /** True if the user wants stack traces. */
  boolean debug() {
    return "1".equals(env.get("TANGRAM_DEBUG"));
  }
}
