package dev.tangram.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;

/** The user's own folder for what Tangram remembers between runs and that is no model. */
final class StateFolder {
  private StateFolder() {}

  /** {@code TANGRAM_STATE}, or the usual place of this operating system. */
  static Path of(Map<String, String> env) {
    String named = env.getOrDefault("TANGRAM_STATE", "");
    if (!named.isEmpty()) {
      return Path.of(named);
    }
    Path home = Path.of(System.getProperty("user.home"));
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (system.startsWith("windows")) {
      return Path.of(env.getOrDefault("LOCALAPPDATA", home.toString()), "Tangram");
    }
    if (system.startsWith("mac")) {
      return home.resolve("Library/Application Support/Tangram");
    }
    String state = env.getOrDefault("XDG_STATE_HOME", "");
    return (state.isEmpty() ? home.resolve(".local/state") : Path.of(state)).resolve("tangram");
  }

  /**
   * Makes a file that only this user may read, if it is not there yet; null if it cannot be made.
   */
  static Path privateFile(Path folder, String name) {
    try {
      Files.createDirectories(folder, onlyMe(folder, "rwx------"));
      Path file = folder.resolve(name);
      try {
        Files.createFile(file, onlyMe(folder, "rw-------"));
      } catch (FileAlreadyExistsException e) {
        return file;
      }
      return file;
    } catch (IOException e) {
      return null;
    }
  }

  private static FileAttribute<?>[] onlyMe(Path folder, String rights) {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }
}
