package dev.tangram.engine.packed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Names of files in a folder of copies. A model's copy is named by the model's real path, so a copy
 * that became stale is replaced rather than left behind; whether it is good, its head says.
 */
final class CopyName {
  static final String SUFFIX = ".packed";
  static final String DRAFT_SUFFIX = ".draft";
  static final String LOCK = "lock";

  private static final int READABLE_MAX = 48;
  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private CopyName() {}

  static String of(Path model) throws IOException {
    Path real = real(model);
    StringBuilder readable = new StringBuilder();
    String last = String.valueOf(real.getFileName());
    for (int i = 0; i < Math.min(last.length(), READABLE_MAX); i++) {
      char c = last.charAt(i);
      boolean plain =
          c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.';
      readable.append(plain ? c : '-');
    }
    return "%s-%016x%s".formatted(readable, hash(real.toString()), SUFFIX);
  }

  /** The path of a model without links; of one that is gone, the path that it had. */
  static Path real(Path model) throws IOException {
    return Files.exists(model) ? model.toRealPath() : model.toAbsolutePath().normalize();
  }

  /** Two models under one name would only take turns: each finds that the copy is not its own. */
  private static long hash(String text) {
    long hash = FNV_BASIS;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ b & 0xFF) * FNV_PRIME;
    }
    return hash;
  }
}
