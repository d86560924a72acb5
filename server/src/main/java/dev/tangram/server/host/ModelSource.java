package dev.tangram.server.host;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Model files by the names clients use. Safe for many threads. */
public interface ModelSource {
  /**
   * A model that could be opened.
   *
   * @param name how it is listed
   * @param bytes size of the file
   */
  record Entry(String name, Path file, long bytes, Instant created) {}

  List<Entry> list();

  /** The model of a name as a client wrote it; names may be given without their {@code :latest}. */
  default Optional<Entry> find(String name) {
    return list().stream()
        .filter(entry -> entry.name().equals(name) || entry.name().equals(name + ":latest"))
        .findFirst();
  }

  /** Nothing at all. */
  static ModelSource empty() {
    return List::of;
  }

  /** This source, and what it lacks from the other. */
  default ModelSource or(ModelSource other) {
    ModelSource first = this;
    return new ModelSource() {
      @Override
      public List<Entry> list() {
        var all = new java.util.LinkedHashMap<String, Entry>();
        first.list().forEach(entry -> all.put(entry.name(), entry));
        other.list().forEach(entry -> all.putIfAbsent(entry.name(), entry));
        return List.copyOf(all.values());
      }

      @Override
      public Optional<Entry> find(String name) {
        return first.find(name).or(() -> other.find(name));
      }
    };
  }
}
