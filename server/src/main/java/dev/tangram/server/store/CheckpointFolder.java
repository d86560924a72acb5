package dev.tangram.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A folder that is one model: a Hugging Face checkpoint with its configuration and weights. */
public final class CheckpointFolder {
  static final String CONFIG = "config.json";

  private CheckpointFolder() {}

  /** Whether a path is a folder with a configuration in it. */
  public static boolean is(Path path) {
    return Files.isDirectory(path) && Files.isRegularFile(path.resolve(CONFIG));
  }

  /** Size of a model on disk: that of a file, or of all plain files of a folder. */
  public static long bytes(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return Files.size(path);
    }
    long sum = 0;
    try (var files = Files.list(path)) {
      for (Path file : files.toList()) {
        sum += Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
      }
    }
    return sum;
  }
}
