package dev.tangram.server.host;

import dev.tangram.server.store.ModelReference;
import dev.tangram.server.store.ModelStore;
import dev.tangram.server.store.StoredModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** The models of a store. */
public final class StoreSource implements ModelSource {
  private final ModelStore store;

  public StoreSource(ModelStore store) {
    this.store = store;
  }

  @Override
  public List<Entry> list() {
    try {
      return store.list().stream().map(StoreSource::entry).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the model store " + store.root(), e);
    }
  }

  /**
   * Finds what is stored. A path or an address is never followed: the name may come from a
   * stranger.
   */
  @Override
  public Optional<Entry> find(String name) {
    ModelReference reference;
    try {
      reference = ModelReference.parse(name);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (reference instanceof ModelReference.LocalFile) {
      return Optional.empty();
    }
    try {
      return store.find(reference).map(StoreSource::entry);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the model store " + store.root(), e);
    }
  }

  private static Entry entry(StoredModel model) {
    return new Entry(model.name(), model.file(), model.bytes(), model.pulled());
  }
}
