package dev.tangram.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that a test runs in. */
final class Repository {
  private Repository() {}

  /** The folder of the launchers. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("tangram"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
