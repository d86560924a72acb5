package dev.tangram.cli;

import dev.tangram.cli.chat.Conversation;
import dev.tangram.cli.chat.Reply;
import dev.tangram.cli.text.Screen;
import dev.tangram.schedule.FinishReason;
import java.io.PrintStream;

/** One prompt, one answer: the answer alone on standard output, all else on standard error. */
final class FilterMode {
  private final Screen screen;
  private final Conversation conversation;
  private final boolean quiet;

  FilterMode(Screen screen, Conversation conversation, boolean quiet) {
    this.screen = screen;
    this.conversation = conversation;
    this.quiet = quiet;
  }

  int run(PipedInput input, String prompt) throws InterruptedException {
    String text = join(input.text(conversation.engine().card().contextLength()), prompt);
    if (text.isBlank()) {
      throw noPrompt();
    }
    if (!conversation.isChat()) {
      note("This is a base model: it continues the text, it does not chat.");
    }
    PrintStream out = screen.out();
    boolean[] open = {false};
    Reply reply =
        conversation.say(
            text,
            piece -> {
              out.print(piece);
              out.flush();
              open[0] = !piece.endsWith("\n");
              if (out.checkError()) {
                conversation.cancel(); // the reader left: head, less
              }
            });
    if (open[0]) {
      out.println();
    }
    out.flush();
    if (reply.reason() == FinishReason.ERROR) {
      throw Failure.failed("the engine failed: %s", reply.error());
    }
    note(reply.closingLine());
    return 0;
  }

  /** The piped text comes first: it is what the prompt speaks of. */
  private static String join(String input, String prompt) {
    if (input.isBlank()) {
      return prompt;
    }
    return prompt.isEmpty() ? input : input.stripTrailing() + "\n\n" + prompt;
  }

  static Failure noPrompt() {
    return Failure.usage("there is no prompt: standard input was empty and no words were given");
  }

  private void note(String text) {
    if (!quiet) {
      screen.err().println(screen.dimErr(text));
    }
  }
}
