package dev.tangram.server.store;

import dev.tangram.engine.packed.PackedCopies;
import dev.tangram.server.store.ModelReference.Address;
import dev.tangram.server.store.ModelReference.Catalogued;
import dev.tangram.server.store.ModelReference.Hub;
import dev.tangram.server.store.ModelReference.LocalFile;
import dev.tangram.server.store.PullException.Reason;
import dev.tangram.server.store.StoreLocks.Held;
import dev.tangram.server.store.catalogue.Catalogue;
import dev.tangram.server.store.catalogue.CatalogueEntry;
import dev.tangram.server.store.fetch.DiskException;
import dev.tangram.server.store.fetch.Limits;
import dev.tangram.server.store.source.SourceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Models on this machine. All methods may be called from any thread, and by several processes on
 * the same folder at once. A model is visible only after its digest was verified; its file is
 * read-only and keeps its bytes for as long as any name stands for it.
 */
public final class ModelStore {
  /** What is run when nobody names a model. */
  public static final ModelReference DEFAULT_MODEL = new Catalogued("qwen2.5-coder", "0.5b");

  private final Path root;
  private final Shelf shelf;
  private final Catalogue catalogue;
  private final Map<String, String> env;
  private final Limits limits;
  private final Space space;

  private ModelStore(
      Path root, Catalogue catalogue, Map<String, String> env, Limits limits, Space space) {
    this.root = root;
    this.shelf = new Shelf(root);
    this.catalogue = catalogue;
    this.env = Map.copyOf(env);
    this.limits = limits;
    this.space = space;
  }

  /**
   * Opens the store in {@code root}, creating it (mode 0700); settings come from the environment.
   */
  public static ModelStore open(Path root) throws IOException {
    return open(root, System.getenv());
  }

  /** Opens the store in {@code root} with HF_*, PIP_* and proxy settings from {@code env}. */
  public static ModelStore open(Path root, Map<String, String> env) throws IOException {
    return open(root, env, Limits.DEFAULT, Space.DISK);
  }

  static ModelStore open(Path root, Map<String, String> env, Limits limits, Space space)
      throws IOException {
    Path folder = root.toAbsolutePath().normalize();
    Catalogue catalogue = Catalogue.shipped().with(folder.resolve(Catalogue.USER_FILE));
    ModelStore store = new ModelStore(folder, catalogue, env, limits, space);
    store.shelf.create();
    return store;
  }

  /** Reads ahead of time what {@link #open} will need of this build itself. Any thread. */
  public static void prepare() {
    try {
      Catalogue.shipped();
    } catch (IOException e) {
      // Opening will say so.
    }
  }

  /** {@code TANGRAM_MODELS}, or the usual folder for a user's data on this operating system. */
  public static Path defaultRoot(Map<String, String> env) {
    return DefaultRoot.of(
        env, System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
  }

  /** The folder of this store. */
  public Path root() {
    return root;
  }

  /**
   * Packed copies of models in a store's folder.
   *
   * @param bytesMax of all copies together; 0: none are read or made
   */
  public static PackedCopies packedCopies(Path root, long bytesMax) {
    return new PackedCopies(root.toAbsolutePath().normalize().resolve(Shelf.PACKED), bytesMax);
  }

  /** Size of the packed copy of a model; empty if there is none. */
  public OptionalLong packedBytes(StoredModel model) throws IOException {
    return shelf.copies().bytes(model.file());
  }

  /** The models known by name, stored or not. */
  public Catalogue catalogue() {
    return catalogue;
  }

  /** What the catalogue says of a reference; empty if it is not in there. */
  public Optional<CatalogueEntry> describe(ModelReference reference) {
    return reference instanceof Catalogued named
        ? catalogue.find(named.name(), named.tag())
        : Optional.empty();
  }

  /** All stored models, by name. */
  public List<StoredModel> list() throws IOException {
    return shelf.manifests().list();
  }

  /**
   * The stored model of that name, if it is here; a local file, if it exists. A bare name finds its
   * default tag, or the only stored one. Never downloads.
   */
  public Optional<StoredModel> find(ModelReference reference) throws IOException {
    if (reference instanceof LocalFile local) {
      return inPlace(local);
    }
    Optional<StoredModel> exact = shelf.manifests().find(reference.toString());
    if (exact.isPresent()
        || !(reference instanceof Catalogued named)
        || !named.tag().equals(ModelReference.LATEST)) {
      return exact;
    }
    Optional<CatalogueEntry> entry = describe(reference);
    if (entry.isPresent()) {
      return shelf.manifests().find(entry.get().reference());
    }
    List<StoredModel> tags =
        list().stream().filter(model -> model.name().startsWith(named.name() + ":")).toList();
    return tags.size() == 1 ? Optional.of(tags.getFirst()) : Optional.empty();
  }

  private static Optional<StoredModel> inPlace(LocalFile local) throws IOException {
    Path file = local.path();
    boolean checkpoint = CheckpointFolder.is(file);
    if (!checkpoint && !Files.isRegularFile(file)) {
      return Optional.empty();
    }
    return Optional.of(
        new StoredModel(
            local.toString(),
            file,
            checkpoint ? CheckpointFolder.bytes(file) : Files.size(file),
            "",
            checkpoint ? "local folder" : "local file",
            "",
            "",
            Files.getLastModifiedTime(file).toInstant()));
  }

  /**
   * Like {@link #find}, for loading.
   *
   * @throws ModelMissingException in a sentence that says how to get the model
   */
  public StoredModel resolve(ModelReference reference) throws IOException {
    Optional<StoredModel> found = find(reference);
    if (found.isPresent()) {
      return found.get();
    }
    if (reference instanceof LocalFile local) {
      Path path = local.path().toAbsolutePath().normalize();
      throw new ModelMissingException(
          Files.isDirectory(path)
              ? "The folder " + path + " holds no model: it has no " + CheckpointFolder.CONFIG
              : "There is no file " + path);
    }
    if (reference instanceof Catalogued && describe(reference).isEmpty()) {
      throw new ModelMissingException(unknown((Catalogued) reference));
    }
    throw new ModelMissingException(
        "The model "
            + reference
            + " is not in "
            + root
            + "; get it with: tangram pull "
            + reference);
  }

  /**
   * Makes the model present; returns at once if it is. Sources that fail are told to the listener
   * and the next is tried. May be interrupted; what arrived is kept, and a later pull goes on from
   * there.
   *
   * @throws PullException in one sentence: every source and why it failed, or what else is wrong
   */
  public StoredModel pull(ModelReference reference, PullListener listener)
      throws PullException, InterruptedException {
    try {
      Optional<StoredModel> present = current(reference);
      if (present.isPresent()) {
        shelf.sweep(Instant.now());
        return present.get();
      }
      SourceSettings settings = SourceSettings.of(env);
      Wanted wanted = wanted(reference, settings);
      Runnable onWait = () -> listener.waitingForOtherProcess(wanted.name());
      StoredModel model;
      try (Held _ = shelf.locks().acquire(wanted.key(), onWait)) {
        present = current(reference);
        if (present.isPresent()) {
          return present.get();
        }
        model = new Puller(shelf, space, limits, listener).run(wanted, settings.network());
      }
      shelf.sweep(Instant.now());
      return model;
    } catch (IllegalArgumentException e) {
      throw new PullException(Reason.SETTINGS, e.getMessage(), e);
    } catch (DiskException e) {
      throw Puller.disk(reference.toString(), e);
    } catch (IOException e) {
      throw Puller.disk(reference.toString(), new DiskException("The store " + root, e));
    }
  }

  /** The stored model, unless the catalogue has pinned other bytes since. */
  private Optional<StoredModel> current(ModelReference reference)
      throws IOException, PullException {
    Optional<StoredModel> stored = find(reference);
    if (stored.isEmpty() && reference instanceof LocalFile local) {
      throw new PullException(Reason.UNKNOWN_MODEL, "There is no file " + local.path());
    }
    Optional<CatalogueEntry> entry = describe(reference);
    return stored.filter(
        model ->
            entry.isEmpty()
                || !entry.get().reference().equals(model.name())
                || entry.get().sha256().equals(model.sha256()));
  }

  private Wanted wanted(ModelReference reference, SourceSettings settings) throws PullException {
    return switch (reference) {
      case Catalogued named -> {
        CatalogueEntry entry =
            describe(named)
                .orElseThrow(() -> new PullException(Reason.UNKNOWN_MODEL, unknown(named)));
        yield Wanted.pinned(entry, settings.of(entry));
      }
      case Hub hub when hub.host().equals(Hub.MODEL_SCOPE) ->
          Wanted.open(hub, settings.modelScope(hub.org(), hub.repo(), hub.quant()));
      case Hub hub -> Wanted.open(hub, settings.huggingFace(hub.org(), hub.repo(), hub.quant()));
      case Address address -> Wanted.open(address, settings.address(address.uri()));
      case ModelReference.Package named -> Wanted.open(named, settings.newestPackage(named.name()));
      case LocalFile local ->
          throw new PullException(Reason.UNKNOWN_MODEL, "There is no file " + local.path());
    };
  }

  private String unknown(Catalogued named) {
    List<CatalogueEntry> tags = catalogue.named(named.name());
    List<CatalogueEntry> near = tags.isEmpty() ? List.copyOf(catalogue.entries()) : tags;
    String known = near.stream().map(CatalogueEntry::reference).collect(Collectors.joining(", "));
    return "The catalogue has no model " + named + "; it has " + known;
  }

  /**
   * Forgets a name; the file goes when no other name stands for it. A process that has the file
   * open or mapped keeps it until it closes it.
   *
   * @return whether the name was here
   * @throws IllegalArgumentException for a local file, which is not the store's
   */
  public boolean remove(ModelReference reference) throws IOException, InterruptedException {
    if (reference instanceof LocalFile) {
      throw new IllegalArgumentException(
          "The file " + reference + " is not in the store; delete it yourself");
    }
    Optional<StoredModel> model = find(reference);
    return model.isPresent() && shelf.remove(model.get());
  }

  /**
   * Gives a stored model a second name; no bytes are copied.
   *
   * @throws IllegalArgumentException if {@code to} is no {@code name:tag}, or means something in
   *     the catalogue
   * @throws ModelMissingException if {@code from} is not stored
   */
  public StoredModel copy(ModelReference from, ModelReference to)
      throws IOException, InterruptedException {
    if (from instanceof LocalFile) {
      throw new IllegalArgumentException(
          "The file " + from + " is not in the store, so it cannot have another name there");
    }
    if (!(to instanceof Catalogued)) {
      throw new IllegalArgumentException("The new name " + to + " must have the form name:tag");
    }
    if (describe(to).isPresent()) {
      throw new IllegalArgumentException(
          "The name " + to + " belongs to the catalogue; choose another");
    }
    StoredModel model = resolve(from);
    return shelf.name(
        new StoredModel(
            to.toString(),
            model.file(),
            model.bytes(),
            model.sha256(),
            model.source(),
            model.license(),
            model.licenseUrl(),
            model.pulled(),
            model.files()));
  }
}
