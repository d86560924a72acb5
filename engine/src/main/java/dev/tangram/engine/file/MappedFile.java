package dev.tangram.engine.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;

/**
 * The bytes of a file, mapped read-only. Any thread may read and close; closing while another
 * thread reads makes that read throw {@link IllegalStateException}.
 */
public final class MappedFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;

  private MappedFile(Path path, Arena arena, MemorySegment bytes) {
    this.path = path;
    this.arena = arena;
    this.bytes = bytes;
  }

  /**
   * Maps a file and reads what stands in it.
   *
   * @param read makes what is returned, which is from then on to close this; where it throws, it is
   *     closed here
   * @throws UncheckedIOException in one sentence, if it cannot be read
   */
  public static <F> F open(Path path, Function<MappedFile, F> read) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      // Opening a pipe would wait for its other end.
      throw unreadable(path + " is not a regular file", new IOException("not a regular file"));
    }
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      F file = read.apply(new MappedFile(path, arena, bytes));
      opened = true;
      return file;
    } catch (NoSuchFileException e) {
      throw unreadable("there is no file " + path, e);
    } catch (AccessDeniedException e) {
      throw unreadable("this user may not read the file " + path, e);
    } catch (IOException e) {
      throw unreadable("the file %s cannot be read: %s".formatted(path, e.getMessage()), e);
    } catch (InternalError e) {
      // What reading a mapped page beyond the end of a file throws, once that file was cut.
      throw unreadable(
          "the file " + path + " became shorter while it was being opened", new IOException(e));
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  private static UncheckedIOException unreadable(String message, IOException cause) {
    return new UncheckedIOException(message, cause);
  }

  public Path path() {
    return path;
  }

  /** All of it, valid until {@link #close}. */
  public MemorySegment bytes() {
    return bytes;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
