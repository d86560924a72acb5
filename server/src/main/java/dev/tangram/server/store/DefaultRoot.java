package dev.tangram.server.store;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where the store is when nobody says: where each operating system keeps a user's data. */
final class DefaultRoot {
  private DefaultRoot() {}

  static Path of(Map<String, String> env, String os, Path home) {
    String own = env.getOrDefault("TANGRAM_MODELS", "");
    if (!own.isBlank()) {
      return own.startsWith("~/") ? home.resolve(own.substring(2)) : Path.of(own).toAbsolutePath();
    }
    String system = os.toLowerCase(Locale.ROOT);
    if (system.startsWith("mac")) {
      return home.resolve("Library/Application Support/tangram/models");
    }
    if (system.startsWith("windows")) {
      String local = env.getOrDefault("LOCALAPPDATA", "");
      Path data = local.isBlank() ? home.resolve("AppData").resolve("Local") : Path.of(local);
      return data.resolve("tangram").resolve("models");
    }
    String xdg = env.getOrDefault("XDG_DATA_HOME", "");
    // The XDG rule: a relative path is ignored.
    Path data = xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".local/share");
    return data.resolve("tangram").resolve("models");
  }
}
