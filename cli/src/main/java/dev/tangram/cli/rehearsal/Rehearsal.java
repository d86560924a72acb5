package dev.tangram.cli.rehearsal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tangram.cli.chat.ChatLoop;
import dev.tangram.cli.chat.Conversation;
import dev.tangram.cli.chat.ReplyOptions;
import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.packed.PackedCopies;
import dev.tangram.server.ServerOptions;
import dev.tangram.server.TangramServer;
import dev.tangram.server.host.FileSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;

/** Loads a model, answers, chats and serves once. Shows nothing. */
public final class Rehearsal {
  private static final int TOKENS = 64;
  private static final long COPIES_BYTES_MAX = 100 << 20;

  private Rehearsal() {}

  public static void run() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("tangram-rehearsal");
    Path model = folder.resolve("practice.gguf");
    try {
      PracticeModel.write(model);
      // Packs and keeps a copy; then reads it.
      EngineOptions options =
          EngineOptions.DEFAULT.withPackedCopies(
              new PackedCopies(folder.resolve("packed"), COPIES_BYTES_MAX));
      Engine.open(model, options).close();
      chat(model, options);
      serve(model);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void chat(Path model, EngineOptions options)
      throws IOException, InterruptedException {
    var keys = new ByteArrayInputStream("hello\n/bye\n".getBytes(UTF_8));
    try (Engine engine = Engine.open(model, options);
        Terminal terminal =
            new DumbTerminal("rehearsal", "dumb", keys, OutputStream.nullOutputStream(), UTF_8)) {
      var conversation = new Conversation(engine, ReplyOptions.DEFAULT.withTokensMax(TOKENS));
      conversation.say("hello, " + "who are you? ".repeat(10), text -> {});
      new ChatLoop(terminal, null, conversation, () -> "", false).run();
    }
  }

  private static void serve(Path model) throws IOException, InterruptedException {
    ServerOptions options = ServerOptions.DEFAULT.withPort(0).withModels(List.of("practice"));
    try (TangramServer server = TangramServer.start(options, FileSource.of(List.of(model)))) {
      while (server.isLoading()) {
        Thread.sleep(10);
      }
      var connection =
          (HttpURLConnection)
              URI.create(server.address() + "/v1/chat/completions").toURL().openConnection();
      connection.setRequestMethod("POST");
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      String body =
          """
          {"model": "practice", "stream": true, "max_tokens": 8, "messages": [{"role": "user", "content": "hello"}]}
          """;
      connection.getOutputStream().write(body.getBytes(UTF_8));
      try (var answer = connection.getInputStream()) {
        answer.transferTo(OutputStream.nullOutputStream());
      }
    }
  }
}
