package dev.tangram.engine.file.safetensors;

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
 * A safetensors file, mapped read-only and checked: size, header length, JSON, and that the tensors
 * cover the rest of the file in order, without gaps, before anything points into it. Any thread may
 * read and close it.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;
  private final SafetensorsHeader header;

  private SafetensorsFile(Path path, Arena arena, MemorySegment bytes, SafetensorsHeader header) {
    this.path = path;
    this.arena = arena;
    this.bytes = bytes;
    this.header = header;
  }

  /**
   * Opens and checks a file.
   *
   * @throws dev.tangram.engine.file.ModelFormatException if it is no sound safetensors file
   * @throws UncheckedIOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      // Opening a pipe would wait for its other end.
      throw unreadable(path + " is not a regular file", new IOException("not a regular file"));
    }
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      SafetensorsFile file =
          new SafetensorsFile(path, arena, bytes, SafetensorsHeader.parse(bytes, path.toString()));
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

  /** Size of the file in bytes. */
  public long bytes() {
    return bytes.byteSize();
  }

  /** Tensors by name, in the order of their data. */
  public Map<String, StoredTensor> tensors() {
    return header.tensors();
  }

  /** The strings of {@code __metadata__}. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** The tensor's bytes, little-endian, read-only, valid until {@link #close}. */
  public MemorySegment data(StoredTensor tensor) {
    if (!tensor.equals(header.tensors().get(tensor.name()))) {
      throw new IllegalArgumentException("%s is no tensor of %s".formatted(tensor, path));
    }
    return bytes.asSlice(tensor.extent().offset(), tensor.extent().size());
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
