package dev.tangram.server.host;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import java.nio.file.Path;

/** Opens a model file; {@code Engine::open} outside of tests. */
@FunctionalInterface
public interface EngineOpener {
  Engine open(Path file, EngineOptions options);
}
