package dev.tangram.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models on this machine. All methods may be called from any thread, and by several processes on the
 * same folder at once.
 */
public final class ModelStore {
  private final Path root;

  private ModelStore(Path root) {
    this.root = root;
  }

  /** Opens the store in {@code root}, creating it (mode 0700); settings come from the environment. */
  public static ModelStore open(Path root) throws IOException {
    return open(root, System.getenv());
  }

  /** Opens the store in {@code root} with HF_*, PIP_* and proxy settings from {@code env}. */
  public static ModelStore open(Path root, Map<String, String> env) throws IOException {
    return new ModelStore(root);
  }

  /** {@code TANGRAM_MODELS}, or the usual folder for a user's data on this operating system. */
  public static Path defaultRoot(Map<String, String> env) {
    throw new UnsupportedOperationException("soon");
  }

  /** The folder of this store. */
  public Path root() {
    return root;
  }

  /** All models, by name. */
  public List<StoredModel> list() throws IOException {
    throw new UnsupportedOperationException("soon");
  }

  /** The stored model of that name, if it is here; a local file, if it exists. Never downloads. */
  public Optional<StoredModel> find(ModelReference reference) throws IOException {
    throw new UnsupportedOperationException("soon");
  }

  /** Like {@link #find}, for loading: what is missing is an error that says how to get it. */
  public StoredModel resolve(ModelReference reference) throws IOException {
    return find(reference).orElseThrow(() -> new ModelMissingException("soon"));
  }

  /** Makes the model present; returns at once if it is. */
  public StoredModel pull(ModelReference reference, PullListener listener)
      throws PullException, InterruptedException {
    throw new UnsupportedOperationException("soon");
  }

  /** Forgets a name; the file goes when no other name uses it. Returns whether the name was here. */
  public boolean remove(ModelReference reference) throws IOException {
    throw new UnsupportedOperationException("soon");
  }

  /** Gives a stored model a second name (a {@code name:tag}); no bytes are copied. */
  public StoredModel copy(ModelReference from, ModelReference to) throws IOException {
    throw new UnsupportedOperationException("soon");
  }
}
