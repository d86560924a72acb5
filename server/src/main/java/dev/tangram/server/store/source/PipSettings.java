package dev.tangram.server.store.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What pip on this machine is configured with, read as pip reads it: global file, user's file, the
 * virtual environment's file, {@code PIP_CONFIG_FILE}, then {@code PIP_*} variables; later ones
 * win. Of the sections, {@code [global]}, then {@code [install]}, then {@code [download]}.
 *
 * @param indexes simple indexes in the order in which they are asked
 * @param noIndex no index may be asked
 */
record PipSettings(
    List<String> indexes, boolean noIndex, Optional<Path> certificates, Optional<String> proxy) {
  private static final Logger LOG = LoggerFactory.getLogger(PipSettings.class);
  private static final String DEFAULT_INDEX = "https://pypi.org/simple";
  private static final List<String> SECTIONS = List.of("global", "install", "download");

  /**
   * From the environment.
   *
   * @param os the property {@code os.name}
   */
  static PipSettings of(Map<String, String> env, String os, Path home) {
    Map<String, String> values = new HashMap<>();
    for (Path file : files(env, os, home)) {
      values.putAll(read(file));
    }
    env.forEach(
        (name, value) -> {
          if (name.startsWith("PIP_") && !value.isBlank()) {
            String key = name.substring("PIP_".length()).toLowerCase(Locale.ROOT);
            values.put(key.replace('_', '-'), value);
          }
        });
    List<String> indexes = new ArrayList<>();
    indexes.add(values.getOrDefault("index-url", DEFAULT_INDEX).strip());
    for (String extra : values.getOrDefault("extra-index-url", "").split("\\s+")) {
      if (!extra.isEmpty()) {
        indexes.add(extra);
      }
    }
    return new PipSettings(
        List.copyOf(indexes),
        truthy(values.get("no-index")),
        Optional.ofNullable(values.get("cert")).map(text -> expand(text, home)),
        Optional.ofNullable(values.get("proxy")));
  }

  static boolean truthy(String text) {
    return text != null
        && switch (text.strip().toLowerCase(Locale.ROOT)) {
          case "1", "true", "yes", "on", "y", "t" -> true;
          default -> false;
        };
  }

  /** The files that exist or not, weakest first. */
  static List<Path> files(Map<String, String> env, String os, Path home) {
    String named = env.get("PIP_CONFIG_FILE");
    if (named != null && (named.equals("/dev/null") || named.equalsIgnoreCase("nul"))) {
      return List.of();
    }
    String system = os.toLowerCase(Locale.ROOT);
    boolean windows = system.startsWith("windows");
    List<Path> files = new ArrayList<>();
    if (windows) {
      files.add(Path.of(env.getOrDefault("ProgramData", "C:\\ProgramData"), "pip", "pip.ini"));
      files.add(home.resolve("pip").resolve("pip.ini"));
      if (env.get("APPDATA") != null) {
        files.add(Path.of(env.get("APPDATA"), "pip", "pip.ini"));
      }
    } else {
      boolean mac = system.startsWith("mac");
      if (mac) {
        files.add(Path.of("/Library/Application Support/pip/pip.conf"));
      } else {
        String[] folders = env.getOrDefault("XDG_CONFIG_DIRS", "/etc/xdg").split(":");
        for (String folder : folders) {
          if (!folder.isBlank()) {
            files.add(Path.of(folder, "pip", "pip.conf"));
          }
        }
      }
      files.add(Path.of("/etc/pip.conf"));
      files.add(home.resolve(".pip").resolve("pip.conf"));
      String xdg = env.getOrDefault("XDG_CONFIG_HOME", "");
      Path config = xdg.isBlank() ? home.resolve(".config") : Path.of(xdg);
      files.add(config.resolve("pip").resolve("pip.conf"));
      if (mac) {
        files.add(home.resolve("Library/Application Support/pip/pip.conf"));
      }
    }
    if (env.get("VIRTUAL_ENV") != null) {
      files.add(Path.of(env.get("VIRTUAL_ENV"), windows ? "pip.ini" : "pip.conf"));
    }
    if (named != null && !named.isBlank()) {
      files.add(expand(named, home));
    }
    return files;
  }

  private static Map<String, String> read(Path file) {
    if (!Files.isReadable(file)) {
      return Map.of();
    }
    try {
      return parse(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.warn("pip's settings in {} cannot be read: {}", file, e.getMessage());
      return Map.of();
    }
  }

  /**
   * Python's configparser form: sections, {@code key = value} or {@code key: value}, folded lines.
   */
  static Map<String, String> parse(String text) {
    Map<String, Map<String, String>> sections = new HashMap<>();
    Map<String, String> section = new HashMap<>();
    String key = null;
    for (String raw : text.lines().toList()) {
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
        continue;
      }
      if (line.startsWith("[") && line.endsWith("]")) {
        String name = line.substring(1, line.length() - 1).strip().toLowerCase(Locale.ROOT);
        section = sections.computeIfAbsent(name, any -> new HashMap<>());
        key = null;
      } else if (Character.isWhitespace(raw.charAt(0)) && key != null) {
        section.merge(key, line, (first, more) -> (first + " " + more).strip());
      } else {
        int cut = separator(line);
        if (cut > 0) {
          key = line.substring(0, cut).strip().toLowerCase(Locale.ROOT).replace('_', '-');
          section.put(key, line.substring(cut + 1).strip());
        }
      }
    }
    Map<String, String> values = new HashMap<>();
    for (String name : SECTIONS) {
      values.putAll(sections.getOrDefault(name, Map.of()));
    }
    values.values().removeIf(String::isBlank);
    return values;
  }

  private static int separator(String line) {
    int equals = line.indexOf('=');
    int colon = line.indexOf(':');
    return equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
  }

  private static Path expand(String text, Path home) {
    return text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
  }
}
