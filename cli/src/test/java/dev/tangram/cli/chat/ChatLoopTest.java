package dev.tangram.cli.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The chat on a terminal in memory: keys go in as bytes, Ctrl-C included. */
@Timeout(30)
class ChatLoopTest {
  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";
  private static final String ALT_ENTER = "\033\r";

  @TempDir private Path folder;

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  private LineDisciplineTerminal terminal() throws Exception {
    var terminal = new LineDisciplineTerminal("test", "ansi", screen, UTF_8);
    terminal.setSize(Size.of(100, 40));
    return terminal;
  }

  private void chat(FakeEngine engine, String... keys) throws Exception {
    try (LineDisciplineTerminal terminal = terminal()) {
      for (String key : keys) {
        terminal.processInputBytes(key.getBytes(UTF_8));
      }
      loop(terminal, new Conversation(engine, ReplyOptions.DEFAULT)).run();
    }
  }

  private ChatLoop loop(LineDisciplineTerminal terminal, Conversation conversation)
      throws Exception {
    Path history = folder.resolve("history");
    if (!Files.exists(history)) {
      Files.createFile(history);
      history.toFile().setReadable(false, false);
      history.toFile().setReadable(true, true);
    }
    return new ChatLoop(terminal, history, conversation, () -> "about the fake\n", false);
  }

  private String shown() {
    return screen.toString(UTF_8).replace("\r\n", "\n");
  }

  private interface Keys {
    void type() throws Exception;
  }

  /** Types on its own thread. What goes wrong there closes the terminal, which ends the chat. */
  private static Thread typing(LineDisciplineTerminal terminal, Keys keys) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                keys.type();
              } catch (Exception | AssertionError e) {
                try {
                  terminal.close();
                } catch (IOException closing) {
                  e.addSuppressed(closing);
                }
                throw new IllegalStateException(e);
              }
            });
  }

  private void awaitShown(String text) throws InterruptedException {
    for (int i = 0; i < 400 && !shown().contains(text); i++) {
      Thread.sleep(25);
    }
    assertThat(shown()).contains(text);
  }

  @Test
  void answersAndLeaves() throws Exception {
    FakeEngine engine = FakeEngine.saying("Hi", " there");

    chat(engine, "hello\r", "/bye\r");

    assertThat(engine.prompts()).containsExactly("[user]hello[assistant]");
    assertThat(shown()).contains("Hi there\n\n2 tokens, 1.0 tokens/s, first token after 0.21 s\n");
  }

  @Test
  void ctrlDLeaves() throws Exception {
    chat(FakeEngine.saying("x"), CTRL_D);

    assertThat(shown()).contains(">>> ");
  }

  @Test
  void ctrlCAtThePromptSaysHowToLeave() throws Exception {
    try (LineDisciplineTerminal terminal = terminal()) {
      Thread keys =
          typing(
              terminal,
              () -> {
                awaitShown(">>> ");
                terminal.processInputBytes(CTRL_C.getBytes(UTF_8));
                awaitShown("to leave.");
                terminal.processInputBytes(CTRL_D.getBytes(UTF_8));
              });
      loop(terminal, new Conversation(FakeEngine.saying("x"), ReplyOptions.DEFAULT)).run();
      keys.join();
    }

    assertThat(shown()).contains("Use Ctrl-D or /bye to leave.");
  }

  @Test
  void ctrlCStopsTheReplyOnly() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    FakeEngine engine = FakeEngine.saying("going on").endless(started);
    try (LineDisciplineTerminal terminal = terminal()) {
      Thread keys =
          typing(
              terminal,
              () -> {
                terminal.processInputBytes("hello\r".getBytes(UTF_8));
                assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
                terminal.processInputBytes(CTRL_C.getBytes(UTF_8));
                awaitShown(", stopped");
                terminal.processInputBytes("/bye\r".getBytes(UTF_8));
              });
      loop(terminal, new Conversation(engine, ReplyOptions.DEFAULT)).run();
      keys.join();

      assertThat(shown())
          .contains("going on")
          .contains("1 token, first token after 0.21 s, stopped");
      assertThat(terminal.getAttributes().getLocalFlag(LocalFlag.ECHO)).isTrue();
    }
  }

  @Test
  void manyLinesAreOneMessage() throws Exception {
    FakeEngine engine = FakeEngine.saying("x");

    chat(
        engine,
        "\"\"\"first\r",
        "second\r",
        "\"\"\"\r",
        "one\\\r",
        "two\r",
        "up" + ALT_ENTER + "down\r",
        CTRL_D);

    assertThat(engine.prompts().get(0)).isEqualTo("[user]first\nsecond[assistant]");
    assertThat(engine.prompts().get(1)).endsWith("[user]one\ntwo[assistant]");
    assertThat(engine.prompts().get(2)).endsWith("[user]up\ndown[assistant]");
  }

  @Test
  void settingsHelpAndShow() throws Exception {
    FakeEngine engine = FakeEngine.saying("x");

    chat(
        engine,
        "/set system Be a cat.\r",
        "/set temperature 9\r",
        "hello\r",
        "/show\r",
        "/help\r",
        "/nope\r",
        CTRL_D);

    assertThat(engine.prompts()).containsExactly("[system]Be a cat.[user]hello[assistant]");
    assertThat(shown())
        .contains("temperature: found 9.0, allowed: 0.0 to 2.0")
        .contains("about the fake")
        .contains("system              Be a cat.")
        .contains("There is no command /nope");
  }

  @Test
  void aTextThatIsTooLongLeavesTheChatAlive() throws Exception {
    FakeEngine engine = FakeEngine.saying("x").withContextLength(60);

    chat(engine, "a".repeat(80) + "\r", "short\r", "/bye\r");

    assertThat(shown()).contains("This model's maximum context length is 60 tokens.");
    assertThat(engine.prompts()).containsExactly("[user]short[assistant]");
  }

  @Test
  void inputsAreRememberedForTheNextTime() throws Exception {
    FakeEngine engine = FakeEngine.saying("x");

    chat(engine, "what is Java!\r", CTRL_D);
    chat(engine, "\033[A\r", CTRL_D);

    assertThat(engine.prompts())
        .containsExactly("[user]what is Java![assistant]", "[user]what is Java![assistant]");
    assertThat(Files.readString(folder.resolve("history"))).contains("what is Java!");
  }
}
