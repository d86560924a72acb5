package dev.tangram.engine.file.json;

import dev.tangram.engine.file.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the small files around a checkpoint whole. */
public final class JsonFiles {
  private JsonFiles() {}

  /**
   * The bytes of a file.
   *
   * @param bytesMax a longer file is refused before memory is taken
   * @throws UncheckedIOException if it cannot be read
   */
  public static byte[] read(Path path, long bytesMax) {
    if (!Files.isRegularFile(path)) {
      // Opening a pipe would wait for its other end.
      String why = Files.exists(path) ? " is not a regular file" : ": there is no such file";
      throw new UncheckedIOException(path + why, new IOException("not a regular file"));
    }
    try (InputStream in = Files.newInputStream(path)) {
      long size = Files.size(path);
      if (size > bytesMax) {
        throw new ModelFormatException(
            path.toString(), "size", size + " bytes", "at most " + bytesMax);
      }
      // It may have grown meanwhile.
      byte[] bytes = in.readNBytes((int) bytesMax);
      if (in.read() >= 0) {
        throw new ModelFormatException(
            path.toString(), "size", "more than " + bytesMax + " bytes", "at most " + bytesMax);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the file %s cannot be read: %s".formatted(path, e.getMessage()), e);
    }
  }
}
