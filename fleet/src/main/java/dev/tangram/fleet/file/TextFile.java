package dev.tangram.fleet.file;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whole files as text. */
final class TextFile {
  private TextFile() {}

  /** Refuses more than {@code bytesMax} bytes, and what is not UTF-8. */
  static String read(Path path, int bytesMax) throws IOException {
    String file = path.toString();
    long bytes = Files.size(path);
    if (bytes > bytesMax) {
      throw new FleetFormatException(file, 1, "", bytes + " bytes", "at most " + bytesMax);
    }
    try {
      return Files.readString(path, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new FleetFormatException(file, 1, "", "bytes that are no UTF-8", "a text in UTF-8");
    }
  }
}
