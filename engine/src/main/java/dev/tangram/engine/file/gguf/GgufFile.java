package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.Tensor;
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
import java.util.Map;

/**
 * A GGUF file, mapped read-only and checked. Any thread may read and close it; closing while
 * another thread reads makes that read throw {@link IllegalStateException}.
 */
public final class GgufFile implements ModelFile {
  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;
  private final GgufHeader header;

  private GgufFile(Path path, Arena arena, MemorySegment bytes, GgufHeader header) {
    this.path = path;
    this.arena = arena;
    this.bytes = bytes;
    this.header = header;
  }

  /**
   * Opens and checks a file.
   *
   * @throws dev.tangram.engine.file.ModelFormatException if it is no GGUF file that can be used
   * @throws UncheckedIOException if it cannot be read
   */
  public static GgufFile open(Path path) {
    if (Files.isDirectory(path)) {
      throw unreadable(
          path + " is a directory, not a model file", new IOException("is a directory"));
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      // Opening a pipe would wait for its other end.
      throw unreadable(path + " is not a regular file", new IOException("not a regular file"));
    }
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      GgufFile file = new GgufFile(path, arena, bytes, parse(bytes, path.toString()));
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

  /**
   * Checks the header of a file whose bytes are in memory; {@code name} stands for the file in
   * errors.
   */
  static GgufHeader parse(MemorySegment bytes, String name) {
    return GgufHeader.parse(bytes, name);
  }

  private static UncheckedIOException unreadable(String message, IOException cause) {
    return new UncheckedIOException(message, cause);
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public long bytes() {
    return bytes.byteSize();
  }

  /** The layout's version: 2 or 3. */
  public int version() {
    return header.version();
  }

  @Override
  public GgufMetadata metadata() {
    return header.metadata();
  }

  @Override
  public Map<String, Tensor> tensors() {
    return header.tensors();
  }

  @Override
  public MemorySegment data(Tensor tensor) {
    if (tensor != header.tensors().get(tensor.name())) {
      throw new IllegalArgumentException("%s is no tensor of %s".formatted(tensor, path));
    }
    return bytes.asSlice(tensor.offset(), tensor.bytes());
  }

  @Override
  public void unload(Tensor tensor) {
    data(tensor).unload();
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
