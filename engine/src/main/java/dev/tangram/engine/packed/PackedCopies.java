package dev.tangram.engine.packed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Where packed copies are kept, and how much of them.
 *
 * @param folder created when the first copy is made; null if copies are off
 * @param bytesMax of all copies together; before it is exceeded, the copies that were not used for
 *     the longest time go. 0: copies are neither read nor made
 */
public record PackedCopies(Path folder, long bytesMax) {
  /** No copies. */
  public static final PackedCopies OFF = new PackedCopies(null, 0);

  /** Bound that holds unless another is set: about ten models of the size people run. */
  public static final long BYTES_MAX_DEFAULT = 20_000_000_000L;

  public PackedCopies {
    if (bytesMax < 0) {
      throw new IllegalArgumentException(
          "bytesMax: found %d, allowed: 0 or more".formatted(bytesMax));
    }
    if (bytesMax > 0) {
      Objects.requireNonNull(folder);
    }
  }

  /** Whether copies are read and made. */
  public boolean on() {
    return bytesMax > 0;
  }

  /** Where a model's copy is, or would be. */
  public Path file(Path model) throws IOException {
    return folder.resolve(CopyName.of(model));
  }

  /** Size of a model's copy; empty if there is none. The copy may be stale. */
  public OptionalLong bytes(Path model) throws IOException {
    if (folder == null) {
      return OptionalLong.empty();
    }
    Path file = file(model);
    return Files.isRegularFile(file) ? OptionalLong.of(Files.size(file)) : OptionalLong.empty();
  }

  /**
   * Deletes a model's copy, if there is one. To be called while the model is still there: its path
   * is resolved. A process that is reading the copy goes on.
   *
   * @return whether there was one
   */
  public boolean remove(Path model) throws IOException {
    return folder != null && Files.deleteIfExists(file(model));
  }
}
