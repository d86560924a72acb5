package dev.tangram.lab.model;

import dev.tangram.server.store.ModelReference;
import dev.tangram.server.store.ModelStore;
import dev.tangram.server.store.PullListener;
import java.nio.file.Path;

/**
 * Real models for tests: pulled once into the user's store, from whatever source can be reached.
 */
public final class Pulled {
  private Pulled() {}

  /**
   * @param model as the references call it: smollm2-135m for smollm2:135m
   */
  public static Path file(String model) throws Exception {
    int cut = model.indexOf('-', model.startsWith("qwen") ? "qwen2.5-".length() : 0);
    String name = model.substring(0, cut) + ":" + model.substring(cut + 1);
    return named(name);
  }

  /** The file or folder of a model by its name in the catalogue. */
  public static Path named(String name) throws Exception {
    ModelStore store = ModelStore.open(ModelStore.defaultRoot(System.getenv()));
    return store.pull(ModelReference.parse(name), new PullListener() {}).file();
  }
}
