package dev.tangram.server.host;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.file.ModelFormatException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens models when they are asked for and closes the longest unused idle one when room is needed.
 * A model is opened once, however many requests ask for it meanwhile.
 *
 * <p>Threads: all methods by any.
 */
public final class ModelHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelHost.class);
  private static final long LOOK_MILLIS = 100;

  private final ModelSource source;
  private final EngineOpener opener;
  private final EngineOptions options;
  private final HostLimits limits;
  private final long memoryBytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock, by listed name, in order of opening.
  private final Map<String, Place> places = new LinkedHashMap<>();
  private boolean closed;

  public ModelHost(
      ModelSource source, EngineOpener opener, EngineOptions options, HostLimits limits) {
    this.source = source;
    this.opener = opener;
    this.options = options;
    this.limits = limits;
    memoryBytesMax = limits.memoryBytesMax() > 0 ? limits.memoryBytesMax() : machineBytes() / 4 * 3;
  }

  /** A model that is open or being opened, and the memory it is expected to need. */
  private record Place(long bytes, CompletableFuture<LoadedModel> opening) {
    /** The open model, or null. */
    LoadedModel model() {
      return opening.isDone() && !opening.isCompletedExceptionally() ? opening.join() : null;
    }

    long memoryBytes() {
      LoadedModel model = model();
      return model == null ? bytes : model.memoryBytes();
    }
  }

  /** What could be opened. */
  public List<ModelSource.Entry> stored() {
    return source.list();
  }

  /** A stored model by a name as clients write it. */
  public Optional<ModelSource.Entry> find(String name) {
    return source.find(name);
  }

  /** What is open, in order of opening. */
  public List<LoadedModel> loaded() {
    lock.lock();
    try {
      return places.values().stream().map(Place::model).filter(Objects::nonNull).toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lends a model, opening it if need be.
   *
   * @param abandoned asked about every 100 ms while waiting: true ends the wait
   */
  public Checkout checkout(String name, BooleanSupplier abandoned) throws InterruptedException {
    var entry = source.find(name);
    if (entry.isEmpty()) {
      return new Checkout.Unknown();
    }
    long due = System.nanoTime() + limits.loadWait().toNanos();
    while (true) {
      CompletableFuture<LoadedModel> opening;
      lock.lock();
      try {
        Place place = places.get(entry.get().name());
        if (place != null && place.model() != null) {
          return new Checkout.Ready(place.model().lease());
        }
        if (place == null) {
          place = open(entry.get());
          if (place == null) {
            return new Checkout.NoRoom();
          }
        }
        opening = place.opening();
      } finally {
        lock.unlock();
      }
      Optional<Checkout> outcome = await(opening, due, abandoned);
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
  }

  /** Waits for the end of an opening; empty if the model is there. */
  private static Optional<Checkout> await(
      CompletableFuture<LoadedModel> opening, long dueNanos, BooleanSupplier abandoned)
      throws InterruptedException {
    while (true) {
      try {
        opening.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return Optional.empty();
      } catch (TimeoutException e) {
        if (abandoned.getAsBoolean()) {
          return Optional.of(new Checkout.Abandoned());
        }
        if (System.nanoTime() - dueNanos > 0) {
          return Optional.of(new Checkout.StillLoading());
        }
      } catch (ExecutionException e) {
        return Optional.of(new Checkout.Failed(String.valueOf(e.getCause().getMessage())));
      }
    }
  }

  /** Begins to open a model, with the lock held; null if there is no room for it. */
  private Place open(ModelSource.Entry entry) {
    List<LoadedModel> victims = makeRoom(entry.bytes());
    if (closed || victims == null) {
      return null;
    }
    var place = new Place(entry.bytes(), new CompletableFuture<>());
    places.put(entry.name(), place);
    Thread.ofPlatform()
        .daemon()
        .name("open-" + entry.name())
        .start(() -> open(entry, place, victims));
    return place;
  }

  private void open(ModelSource.Entry entry, Place place, List<LoadedModel> victims) {
    try {
      victims.forEach(ModelHost::close);
      long start = System.nanoTime();
      Engine engine = opener.open(entry.file(), options);
      var model = new LoadedModel(entry, engine, Instant.now());
      LOG.info(
          "model {}: open after {} ms, {} MiB, context {}",
          entry.name(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
          model.memoryBytes() >> 20,
          engine.card().contextLength());
      settle(entry, place, model);
    } catch (ModelFormatException | UncheckedIOException e) {
      LOG.error("model {}: cannot be opened: {}", entry.name(), e.getMessage());
      fail(entry, place, e);
    } catch (RuntimeException | Error e) {
      LOG.error("model {}: cannot be opened", entry.name(), e);
      fail(entry, place, e);
    }
  }

  /** Publishes an opened model, unless this host was closed or the model unloaded meanwhile. */
  private void settle(ModelSource.Entry entry, Place place, LoadedModel model) {
    lock.lock();
    try {
      if (places.get(entry.name()) == place) {
        place.opening().complete(model);
        return;
      }
    } finally {
      lock.unlock();
    }
    model.engine().close();
    place
        .opening()
        .completeExceptionally(new IllegalStateException("unloaded while it was opened"));
  }

  private void fail(ModelSource.Entry entry, Place place, Throwable cause) {
    lock.lock();
    try {
      places.remove(entry.name(), place);
    } finally {
      lock.unlock();
    }
    place.opening().completeExceptionally(cause);
  }

  /** Takes idle models out, longest unused first, until the bytes fit; null if they cannot. */
  private List<LoadedModel> makeRoom(long bytes) {
    var idle =
        places.values().stream()
            .map(Place::model)
            .filter(model -> model != null && model.isIdle())
            .sorted(Comparator.comparingLong(model -> model.usedNanos() - System.nanoTime()))
            .toList();
    long used = places.values().stream().mapToLong(Place::memoryBytes).sum();
    int count = places.size();
    var victims = new ArrayList<LoadedModel>();
    for (LoadedModel model : idle) {
      if (count < limits.modelsMax() && used + bytes <= memoryBytesMax) {
        break;
      }
      victims.add(model);
      used -= model.memoryBytes();
      count--;
    }
    // A model larger than the budget may still run alone: whether it fits is the engine's to say.
    if (count >= limits.modelsMax() || (count > 0 && used + bytes > memoryBytesMax)) {
      return null;
    }
    victims.forEach(model -> places.remove(model.name()));
    return victims;
  }

  /** Closes an open model and cancels what runs on it. False if it is not open. */
  public boolean unload(String name) {
    var entry = source.find(name).map(ModelSource.Entry::name).orElse(name);
    Place place;
    lock.lock();
    try {
      place = places.remove(entry);
    } finally {
      lock.unlock();
    }
    if (place != null && place.model() != null) {
      close(place.model());
    }
    return place != null;
  }

  /** Closes all models and cancels what runs on them. */
  @Override
  public void close() {
    List<Place> all;
    lock.lock();
    try {
      closed = true;
      all = List.copyOf(places.values());
      places.clear();
    } finally {
      lock.unlock();
    }
    all.stream().map(Place::model).filter(Objects::nonNull).forEach(ModelHost::close);
  }

  private static void close(LoadedModel model) {
    model.engine().close();
    LOG.info("model {}: closed", model.name());
  }

  private static long machineBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }
}
