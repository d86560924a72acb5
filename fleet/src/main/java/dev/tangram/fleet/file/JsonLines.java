package dev.tangram.fleet.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One JSON object a line; empty lines count and are passed over. */
public final class JsonLines {
  private static final int BYTES_MAX = 256 << 20;

  private JsonLines() {}

  public static List<Fields> read(Path path) throws IOException {
    return read(path.toString(), TextFile.read(path, BYTES_MAX));
  }

  /**
   * @param file name for messages
   */
  public static List<Fields> read(String file, String text) {
    List<Fields> objects = new ArrayList<>();
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      if (!line.isBlank()) {
        objects.add(Tree.line(file, number, line));
      }
    }
    return objects;
  }
}
