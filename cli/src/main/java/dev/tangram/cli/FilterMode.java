package dev.tangram.cli;

import dev.tangram.cli.chat.Conversation;
import dev.tangram.cli.chat.Reply;
import dev.tangram.cli.text.Screen;
import dev.tangram.schedule.FinishReason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** One prompt, one answer: the answer alone on standard output, all else on standard error. */
final class FilterMode {
  /** No token of a text is longer than this on average, so more bytes cannot fit the context. */
  private static final int BYTES_PER_TOKEN_MAX = 16;

  private final Screen screen;
  private final Conversation conversation;
  private final boolean quiet;

  FilterMode(Screen screen, Conversation conversation, boolean quiet) {
    this.screen = screen;
    this.conversation = conversation;
    this.quiet = quiet;
  }

  int run(String prompt) throws IOException, InterruptedException {
    String text = join(screen.inTerminal() ? "" : readInput(), prompt);
    if (text.isBlank()) {
      throw Failure.usage("there is no prompt: standard input was empty and no words were given");
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

  private String readInput() throws IOException {
    int context = conversation.engine().card().contextLength();
    int most = (int) Math.min(Integer.MAX_VALUE - 8L, (long) context * BYTES_PER_TOKEN_MAX);
    byte[] bytes = screen.in().readNBytes(most + 1);
    if (bytes.length > most) {
      throw Failure.failed(
          "standard input has more than %d bytes, which cannot fit this model's context of %d tokens",
          most, context);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw Failure.failed(e, "standard input is no UTF-8 text");
    }
  }

  private void note(String text) {
    if (!quiet) {
      screen.err().println(screen.dimErr(text));
    }
  }
}
