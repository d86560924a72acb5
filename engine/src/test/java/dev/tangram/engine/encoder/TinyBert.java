package dev.tangram.engine.encoder;

import dev.tangram.engine.file.json.JsonFiles;
import dev.tangram.engine.file.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The tiny random model of {@code tiny-bert/make.py}. */
public final class TinyBert {
  private TinyBert() {}

  /** Its folder. */
  public static Path folder() {
    try {
      return Path.of(TinyBert.class.getResource("tiny-bert/config.json").toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A copy that a test may spoil. */
  public static Path copy(Path to) {
    try (var files = Files.walk(folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(folder().relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to;
  }

  /** A text with its ids, and its vector where the file has one. */
  public record Case(String text, int[] ids, float[] embedding) {}

  /** The cases of one of its files. */
  public static List<Case> cases(String name) {
    Path file = folder().resolve(name);
    JsonObject json = JsonObject.parse(JsonFiles.read(file, 1 << 20), file.toString());
    return json.list("cases").orElseThrow().stream()
        .map(JsonObject.class::cast)
        .map(
            c ->
                new Case(
                    c.string("text").orElseThrow(),
                    c.list("ids").orElseThrow().stream()
                        .mapToInt(id -> ((Long) id).intValue())
                        .toArray(),
                    floats(c.list("embedding").orElse(List.of()))))
        .toList();
  }

  private static float[] floats(List<Object> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = ((Number) numbers.get(i)).floatValue();
    }
    return floats;
  }
}
