package dev.tangram.fleet.model;

import dev.tangram.fleet.file.Fields;
import dev.tangram.fleet.file.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Models whose published config fields ship with Tangram, and those that a user adds. Immutable.
 */
public final class ModelCatalogue {
  private static final String SHIPPED = "models.yaml";

  private final Map<String, ModelShape> models;
  private final Map<String, String> names;

  private ModelCatalogue(Map<String, ModelShape> models, Map<String, String> names) {
    this.models = Collections.unmodifiableMap(models);
    this.names = names;
  }

  public static ModelCatalogue shipped() {
    try (InputStream in = ModelCatalogue.class.getResourceAsStream(SHIPPED)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new ModelCatalogue(Map.of(), Map.of()).with(Tree.read(SHIPPED, text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds or replaces the models of a user's file; a config.json is one model, named after its
   * folder.
   */
  public ModelCatalogue with(Path file) throws IOException {
    if (!file.toString().endsWith(".json")) {
      return with(Tree.read(file));
    }
    ModelShape model = ModelConfig.read(file);
    Map<String, ModelShape> all = new LinkedHashMap<>(models);
    Map<String, String> keys = new LinkedHashMap<>(names);
    all.put(model.name(), model);
    keys.put(key(model.name()), model.name());
    return new ModelCatalogue(all, keys);
  }

  /** {@code models:}, a group for each name: {@code aliases} and the fields of its config.json. */
  public ModelCatalogue with(Fields file) {
    file.allowOnly("models");
    Fields group = file.group("models");
    Map<String, ModelShape> all = new LinkedHashMap<>(models);
    Map<String, String> keys = new LinkedHashMap<>(names);
    for (String name : group.names()) {
      Fields entry = group.group(name);
      all.put(name, ModelConfig.of(name, entry));
      keys.put(key(name), name);
      for (String alias : entry.words("aliases")) {
        String owner = keys.putIfAbsent(key(alias), name);
        if (owner != null && !owner.equals(name)) {
          throw entry.wrong("aliases", '"' + alias + '"', "a name that does not mean " + owner);
        }
      }
    }
    return new ModelCatalogue(all, keys);
  }

  /** In the order of the files. */
  public Collection<ModelShape> models() {
    return models.values();
  }

  /** By name or alias; case, blanks, hyphens and underscores do not matter. */
  public Optional<ModelShape> find(String name) {
    return Optional.ofNullable(names.get(key(name))).map(models::get);
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[\\s_-]+", "");
  }
}
