package dev.tangram.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tangram.cli.Surroundings.EngineOpener;
import dev.tangram.cli.chat.FakeEngine;
import dev.tangram.cli.text.Screen;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;

/** Commands as a user types them: words in, both outputs and an exit code out. */
abstract class TypedCommands {
  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** With nothing on standard input, no variables, and a model that says x. */
  int run(String... words) {
    return run("", Map.of(), (file, options) -> FakeEngine.saying("x"), words);
  }

  final int run(String input, Map<String, String> env, EngineOpener engines, String... words) {
    Screen screen =
        Screen.plain(
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return Door.run(new Surroundings(screen, env, engines), words);
  }
}
