package dev.tangram.cli;

import dev.tangram.cli.chat.Conversation;
import dev.tangram.cli.chat.Reply;
import dev.tangram.cli.text.Screen;
import dev.tangram.engine.reply.ReplyPart;
import dev.tangram.schedule.FinishReason;
import java.io.PrintStream;

/** One prompt, one answer: the answer alone on standard output, all else on standard error. */
final class FilterMode {
  private final Screen screen;
  private final Conversation conversation;
  private final boolean quiet;
  private boolean reasoning;

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
            part -> {
              if (part.kind() == ReplyPart.Kind.REASONING) {
                reason(part.text());
                return;
              }
              endReasoning();
              out.print(part.text());
              out.flush();
              open[0] = !part.text().endsWith("\n");
              if (out.checkError()) {
                conversation.cancel(); // the reader left: head, less
              }
            });
    endReasoning();
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

  /** Reasoning is for a person who waits, never for the program that reads the answer. */
  private void reason(String text) {
    if (!quiet && screen.outTerminal()) {
      screen.err().print(screen.dimErr(text));
      screen.err().flush();
      reasoning = true;
    }
  }

  private void endReasoning() {
    if (reasoning) {
      screen.err().print("\n\n");
      screen.err().flush();
      reasoning = false;
    }
  }

  private void note(String text) {
    if (!quiet) {
      screen.err().println(screen.dimErr(text));
    }
  }
}
