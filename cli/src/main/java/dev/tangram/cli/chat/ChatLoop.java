package dev.tangram.cli.chat;

import dev.tangram.engine.prompt.TemplateException;
import dev.tangram.engine.reply.ReplyPart;
import dev.tangram.schedule.FinishReason;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jline.keymap.KeyMap;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Reference;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;

/**
 * Reads lines, shows replies, until the user leaves. Threads: one; Ctrl-C arrives on the terminal's
 * own.
 */
public final class ChatLoop {
  private static final String PROMPT = ">>> ";
  private static final String NEXT_LINE_PROMPT = "... ";
  private static final String NEW_LINE_WIDGET = "tangram-new-line";
  private static final int HISTORY_LINES = 1000;
  private static final int WRAP_COLUMNS_LEAST = 20;

  private final Terminal terminal;
  private final Conversation conversation;
  private final Supplier<String> about;
  private final boolean color;
  private final LineReader reader;

  /**
   * A chat on a terminal.
   *
   * @param history file of earlier inputs, which must exist with the rights it shall have; null for
   *     none
   * @param about what {@code /show} tells of the model
   * @param color false for no escape sequences of ours
   */
  public ChatLoop(
      Terminal terminal,
      Path history,
      Conversation conversation,
      Supplier<String> about,
      boolean color) {
    this.terminal = terminal;
    this.conversation = conversation;
    this.about = about;
    this.color = color;
    reader = reader(terminal, history);
  }

  private static LineReader reader(Terminal terminal, Path history) {
    LineReader reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(new ChatParser())
            .completer(new StringsCompleter("/bye", "/clear", "/help", "/set", "/show"))
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, NEXT_LINE_PROMPT)
            .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
            .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_TIMESTAMPED, false)
            .build();
    if (history != null) {
      reader.setVariable(LineReader.HISTORY_FILE, history);
    }
    reader
        .getWidgets()
        .put(
            NEW_LINE_WIDGET,
            () -> {
              reader.getBuffer().write("\n");
              return true;
            });
    var keys = reader.getKeyMaps().get(LineReader.MAIN);
    keys.bind(new Reference(NEW_LINE_WIDGET), KeyMap.alt('\r'), KeyMap.alt('\n'));
    return reader;
  }

  /** Returns when the user leaves. */
  public void run() throws InterruptedException {
    while (true) {
      String line;
      try {
        line = reader.readLine(PROMPT);
      } catch (UserInterruptException e) {
        if (e.getPartialLine() == null || e.getPartialLine().isEmpty()) {
          note("Use Ctrl-D or /bye to leave.");
        }
        continue;
      } catch (EndOfFileException e) {
        return;
      }
      if (line.isBlank()) {
        continue;
      }
      if (!ChatCommand.is(line.strip())) {
        answer(ChatParser.message(line));
      } else if (!obey(ChatCommand.parse(line))) {
        return;
      }
    }
  }

  /** False if the chat is over. */
  private boolean obey(ChatCommand command) {
    switch (command) {
      case ChatCommand.Bye() -> {
        return false;
      }
      case ChatCommand.Clear() -> {
        conversation.clear();
        note("The conversation is forgotten.");
      }
      case ChatCommand.Help() -> print(ChatCommand.HELP);
      case ChatCommand.Show() -> print(about.get() + conversation.options().describe());
      case ChatCommand.Set(String name, String value) -> set(name, value);
      case ChatCommand.Unknown(String word) ->
          note("There is no command " + word + "; /help lists them.");
    }
    return true;
  }

  private void set(String name, String value) {
    try {
      conversation.options(conversation.options().with(name, value));
      note(name + " is set" + (value.isEmpty() ? " back" : "") + ".");
    } catch (IllegalArgumentException e) {
      note(e.getMessage());
    }
  }

  private void answer(String text) throws InterruptedException {
    if (text.isEmpty()) {
      return;
    }
    SignalHandler before = terminal.handle(Signal.INT, signal -> conversation.cancel());
    Attributes attributes = muteKeys();
    try {
      Reply reply = conversation.say(text, shown());
      print(color ? "\033[0m\n\n" : "\n\n");
      if (reply.turnsLeftOut() > 0) {
        note(
            "The context is full: the " + reply.turnsLeftOut() + " oldest messages were left out.");
      }
      if (reply.reason() == FinishReason.ERROR) {
        note("The engine failed: " + reply.error());
      }
      note(reply.closingLine());
    } catch (IllegalArgumentException | TemplateException e) {
      note(e.getMessage());
    } finally {
      terminal.setAttributes(attributes);
      terminal.handle(Signal.INT, before);
    }
    print("\n");
  }

  private Consumer<ReplyPart> shown() {
    Consumer<String> text = wrapped();
    ReplyPart.Kind[] last = {ReplyPart.Kind.CONTENT};
    return part -> {
      if (part.kind() != last[0]) {
        last[0] = part.kind();
        boolean answer = last[0] == ReplyPart.Kind.CONTENT;
        // A word that wrap takes back keeps the style it was printed in.
        print(answer ? (color ? "\033[0m" : "") : (color ? "\033[2m" : ""));
        text.accept(answer ? "\n\n" : color ? "" : "Thinking: ");
      }
      text.accept(part.text());
    };
  }

  private Consumer<String> wrapped() {
    boolean plain =
        terminal.getType().startsWith(Terminal.TYPE_DUMB)
            || terminal.getSize().getColumns() < WRAP_COLUMNS_LEAST;
    if (plain) {
      return this::print;
    }
    WordWrap wrap = new WordWrap(terminal.getSize().getColumns());
    return piece -> print(wrap.wrap(piece));
  }

  /**
   * Keys typed during a reply shall not appear inside it; they wait for the next prompt. Returns
   * what to restore.
   */
  private Attributes muteKeys() {
    Attributes before = terminal.getAttributes();
    Attributes muted = new Attributes(before);
    muted.setLocalFlag(LocalFlag.ECHO, false);
    terminal.setAttributes(muted);
    return before;
  }

  private void note(String text) {
    print(color ? "\033[2m" + text + "\033[0m\n" : text + "\n");
  }

  private void print(String text) {
    terminal.writer().print(text);
    terminal.writer().flush();
  }
}
