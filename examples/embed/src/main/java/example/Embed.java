package example;

import dev.tangram.engine.Engine;
import java.nio.file.Path;

/** Answers one question with the model in the file of its first argument. */
public final class Embed {
  private Embed() {}

  public static void main(String[] args) {
    try (Engine engine = Engine.open(Path.of(args[0]))) {
      for (String piece : engine.chat("Say hello in five words.").pieces()) {
        System.out.print(piece);
      }
    }
    System.out.println();
  }
}
