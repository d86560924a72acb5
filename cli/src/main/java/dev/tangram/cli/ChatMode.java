package dev.tangram.cli;

import dev.tangram.cli.chat.ChatLoop;
import dev.tangram.cli.chat.Conversation;
import dev.tangram.cli.text.HumanSize;
import dev.tangram.cli.text.Screen;
import dev.tangram.engine.ModelCard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** A chat on the terminal of this process. */
final class ChatMode implements AutoCloseable {
  private static final String HISTORY_FILE = "history";

  private final Surroundings surroundings;
  private final CompletableFuture<Terminal> terminal;

  /** Takes the terminal in the background: it costs about as much as loading a small model. */
  ChatMode(Surroundings surroundings) {
    this.surroundings = surroundings;
    terminal = CompletableFuture.supplyAsync(ChatMode::takeTerminal);
  }

  private static Terminal takeTerminal() {
    try {
      Terminal terminal =
          TerminalBuilder.builder()
              .system(true)
              .encoding(StandardCharsets.UTF_8)
              // Asking the terminal what it can do would swallow what was typed before the answer,
              // and takes time.
              .graphemeCluster(false)
              .build();
      // What is typed while the model loads belongs to the first prompt and must not garble the
      // screen before.
      terminal.echo(false);
      return terminal;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int run(String name, Conversation conversation) throws InterruptedException {
    Screen screen = surroundings.screen();
    terminal.join().echo(true);
    for (String line : banner(name, conversation).split("\n")) {
      screen.err().println(screen.dimErr(line));
    }
    Path history = StateFolder.privateFile(StateFolder.of(surroundings.env()), HISTORY_FILE);
    new ChatLoop(
            terminal.join(), history, conversation, () -> about(name, conversation), screen.color())
        .run();
    return 0;
  }

  @Override
  public void close() throws IOException {
    terminal.join().echo(true);
    terminal.join().close();
  }

  /** Three lines at most. */
  static String banner(String name, Conversation conversation) {
    ModelCard card = conversation.engine().card();
    String model =
        "%s  %s %s %s, context %d, memory %s"
            .formatted(
                name,
                card.shape().architecture(),
                HumanSize.parameters(card.shape().parameters()),
                card.quantization(),
                card.contextLength(),
                HumanSize.of(card.weightBytes() + card.kvCacheBytes()));
    String machine =
        "kernels: %s; %d thread%s"
            .formatted(card.selection().reason(), card.threads(), card.threads() == 1 ? "" : "s");
    String hint =
        conversation.isChat()
            ? "/help for commands, /bye to leave"
            : "a base model: it continues each text on its own; /help for commands, /bye to leave";
    return model + "\n" + machine + "\n" + hint;
  }

  private static String about(String name, Conversation conversation) {
    return banner(name, conversation).lines().limit(2).reduce("", (all, line) -> all + line + "\n");
  }
}
