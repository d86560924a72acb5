package dev.tangram.lab.trial;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import java.nio.file.Path;

/** The engine that the trials ask. */
final class Prompting {
  private Prompting() {}

  static Engine open(String[] args) {
    if (args.length != 1) {
      throw new IllegalArgumentException("one GGUF file is needed");
    }
    Engine engine =
        Engine.open(
            Path.of(args[0]),
            EngineOptions.DEFAULT.withContextLength(4096).withKvCacheBytes(1L << 30));
    System.out.printf(
        "%s, %d threads, %s%n",
        engine.card().name(), engine.card().threads(), engine.card().selection().reason());
    return engine;
  }
}
