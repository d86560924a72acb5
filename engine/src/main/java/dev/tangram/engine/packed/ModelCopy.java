package dev.tangram.engine.packed;

import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.PackedForms;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The packed copy of one model that is being opened: {@link #read}, and then {@link #take} if it
 * was good, or {@link #keep} what was packed instead. Nothing that goes wrong with copies keeps a
 * model from being opened; it costs one line in the log.
 *
 * <p>Threads: one after the other; {@link #keep} starts one of its own, which {@link #close} waits
 * for.
 */
public final class ModelCopy implements AutoCloseable {
  /**
   * A file that changed less than this before it is looked at could change once more and have the
   * same times: clocks of file systems tick every few milliseconds.
   */
  private static final long SETTLED_MILLIS = 50;

  /** How long closing a model waits for its copy to be on the disk. */
  private static final int CLOSE_SECONDS_MAX = 30;

  private final CopyFolder folder;
  private final Path model;
  private final PackedForms forms;
  private Arena arena;
  private SourceStamp stamp;
  private CopyHead head;
  private List<Matrix> matrices = List.of();
  private Thread writer;
  private volatile boolean waiting;
  private volatile boolean closing;

  private ModelCopy(CopyFolder folder, Path model, PackedForms forms) {
    this.folder = folder;
    this.model = model;
    this.forms = forms;
  }

  /** No copy, neither now nor later. */
  public static ModelCopy none() {
    return new ModelCopy(null, null, null);
  }

  /**
   * The copy of a model.
   *
   * @param model as it is opened: a file, or the folder of a checkpoint
   * @param forms of the kernels that will run it; without them there is no copy
   */
  public static ModelCopy of(PackedCopies settings, Path model, Optional<PackedForms> forms) {
    return of(settings, model, forms, Disk.REAL);
  }

  static ModelCopy of(PackedCopies settings, Path model, Optional<PackedForms> forms, Disk disk) {
    return settings.on() && forms.isPresent()
        ? new ModelCopy(
            new CopyFolder(settings.folder(), settings.bytesMax(), disk), model, forms.get())
        : none();
  }

  /** Whether a good copy was read. */
  public boolean present() {
    return head != null;
  }

  /**
   * Reads the copy, if there is a good one: every byte of it is in memory then, and its checksums
   * were compared. One that is not good is deleted.
   */
  public void read() {
    if (folder == null) {
      return;
    }
    Path file = null;
    try {
      stamp = settledStamp();
      file = folder.path(CopyName.of(model));
      read(file);
    } catch (NoSuchFileException e) {
      // There is none, or another process found it bad at the same time.
    } catch (BadCopyException e) {
      log(
          Level.WARNING,
          "the packed copy {0} is not used and made anew: {1}",
          file,
          e.getMessage());
      delete(file);
    } catch (IOException e) {
      log(Level.WARNING, "the packed copy of {0} is not used: {1}", model, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (head == null) {
        free();
      }
    }
  }

  private SourceStamp settledStamp() throws IOException, InterruptedException {
    SourceStamp found = SourceStamp.of(model);
    if (System.currentTimeMillis() - found.changedMillis() >= SETTLED_MILLIS) {
      return found;
    }
    Thread.sleep(SETTLED_MILLIS);
    return SourceStamp.of(model);
  }

  private void read(Path file) throws IOException, BadCopyException, InterruptedException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      CopyHead found = CopyReader.head(channel);
      check(found);
      arena = Arena.ofShared();
      MemorySegment data = CopyReader.data(channel, found, forms, arena);
      matrices = matrices(found, data);
      head = found;
    }
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      // Only the order in which copies go is the worse for it.
      log(Level.FINE, "the packed copy {0} keeps its old time", file);
    }
  }

  private void check(CopyHead found) throws BadCopyException {
    if (!found.stamp().equals(stamp.text())) {
      throw new BadCopyException("the model was replaced or changed since");
    }
    if (!found.forms().equals(CopyHead.forms(found.matrices(), forms))) {
      throw new BadCopyException("it was packed for another version");
    }
    found.checkPlaces(forms);
  }

  private List<Matrix> matrices(CopyHead found, MemorySegment data) {
    MemorySegment whole = data.asReadOnly();
    List<Matrix> made = new ArrayList<>();
    for (int i = 0; i < found.places().length; i++) {
      PackedMatrix matrix = found.matrices().get(i);
      long bytes = forms.bytes(matrix.format(), matrix.rows(), matrix.columns());
      made.add(
          forms.matrix(
              matrix.format(),
              matrix.rows(),
              matrix.columns(),
              whole.asSlice(found.places()[i], bytes)));
    }
    return made;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log(Level.FINE, "the packed copy {0} stays", file);
    }
  }

  /**
   * The copy's matrices, if it holds exactly those that the model asks for; they live until {@link
   * #close}.
   *
   * @param asked in the order in which they will be asked for
   */
  public Optional<List<Matrix>> take(List<PackedMatrix> asked) {
    if (head == null) {
      return Optional.empty();
    }
    boolean same = asked.size() == head.matrices().size();
    for (int i = 0; same && i < asked.size(); i++) {
      same = asked.get(i).sameShape(head.matrices().get(i));
    }
    if (!same) {
      log(
          Level.WARNING,
          "the packed copy of {0} is not used and made anew: it holds other matrices",
          model);
      head = null;
      matrices = List.of();
      free();
      return Optional.empty();
    }
    return Optional.of(matrices);
  }

  /**
   * Keeps what was packed, in the background; it must live until {@link #close} returned.
   *
   * @param packed in the order in which it was asked for
   */
  public void keep(List<PackedMatrix> packed) {
    if (folder == null || stamp == null || packed.isEmpty()) {
      return;
    }
    List<PackedMatrix> kept = List.copyOf(packed);
    writer =
        Thread.ofPlatform()
            .name("packed copy of " + model.getFileName())
            .daemon()
            .start(() -> keepQuietly(kept));
  }

  private void keepQuietly(List<PackedMatrix> packed) {
    try {
      String name = CopyName.of(model);
      folder.change(
          this::await,
          () -> {
            waiting = false;
            write(name, new CopyWriter(packed, forms));
          });
    } catch (IOException | RuntimeException e) {
      log(
          Level.WARNING,
          "no packed copy of {0} is kept: {1}",
          model,
          e.getMessage() == null ? e : e.getMessage());
    } catch (InterruptedException e) {
      log(Level.FINE, "no packed copy of {0} is kept: the model was closed", model);
    }
  }

  private void await() {
    waiting = true;
    if (closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(String name, CopyWriter copy) throws IOException {
    if (isThere(name)) {
      return;
    }
    folder.makeRoom(name, copy.dataBytes());
    Path draft = folder.draft(name);
    folder.write(copy, stamp.text(), draft);
    boolean published = false;
    try {
      if (!SourceStamp.of(model).text().equals(stamp.text())) {
        throw new IOException("the model changed while it was being opened");
      }
      folder.publish(draft, name);
      published = true;
    } finally {
      if (!published) {
        Files.deleteIfExists(draft);
      }
    }
  }

  /** Whether another process made the copy meanwhile. */
  private boolean isThere(String name) {
    try (FileChannel channel = FileChannel.open(folder.path(name), StandardOpenOption.READ)) {
      check(CopyReader.head(channel));
      return true;
    } catch (IOException | BadCopyException e) {
      return false;
    }
  }

  /**
   * Waits until a copy that is being written is whole, then frees the memory of one that was read.
   * One whose turn to be written has not come, or that takes too long, is not made.
   */
  @Override
  public void close() {
    closing = true;
    if (waiting) {
      writer.interrupt();
    }
    boolean interrupted = false;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS_MAX);
    while (writer != null && writer.isAlive()) {
      try {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          writer.interrupt();
        }
        writer.join(Duration.ofNanos(Math.max(left, 1_000_000)));
      } catch (InterruptedException e) {
        interrupted = true;
        deadline = System.nanoTime();
      }
    }
    free();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looked up when there is something to say: logging takes its time to come up. */
  private static void log(Level level, String text, Object... parts) {
    Logger.getLogger(ModelCopy.class.getName()).log(level, text, parts);
  }

  private void free() {
    if (arena != null) {
      arena.close();
      arena = null;
    }
  }
}
