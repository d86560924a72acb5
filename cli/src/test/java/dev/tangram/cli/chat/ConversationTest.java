package dev.tangram.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tangram.schedule.FinishReason;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private final StringBuilder shown = new StringBuilder();

  @Test
  void allTurnsAreSentAgain() throws Exception {
    FakeEngine engine = FakeEngine.saying("Hel", "lo");
    Conversation conversation =
        new Conversation(engine, ReplyOptions.DEFAULT.withSystem("Be brief."));

    conversation.say("One", shown::append);
    Reply reply = conversation.say("Two", shown::append);

    assertThat(shown).hasToString("HelloHello");
    assertThat(engine.prompts())
        .containsExactly(
            "[system]Be brief.[user]One[assistant]",
            "[system]Be brief.[user]One[assistant]Hello[user]Two[assistant]");
    assertThat(reply.reason()).isEqualTo(FinishReason.STOP);
    assertThat(reply.closingLine()).isEqualTo("2 tokens, 1.0 tokens/s, first token after 0.21 s");
  }

  @Test
  void clearForgets() throws Exception {
    FakeEngine engine = FakeEngine.saying("x");
    Conversation conversation = new Conversation(engine, ReplyOptions.DEFAULT);

    conversation.say("One", shown::append);
    conversation.clear();
    conversation.say("Two", shown::append);

    assertThat(engine.prompts()).last().isEqualTo("[user]Two[assistant]");
  }

  @Test
  void theOldestTurnsAreLeftOutWhenTheContextIsFull() throws Exception {
    FakeEngine engine = FakeEngine.saying("0123456789").withContextLength(100);
    Conversation conversation = new Conversation(engine, ReplyOptions.DEFAULT);

    Reply last = null;
    for (int i = 0; i < 4; i++) {
      last = conversation.say("question " + i, shown::append);
    }

    assertThat(last.turnsLeftOut()).isEqualTo(2);
    assertThat(engine.prompts())
        .last()
        .asString()
        .startsWith("[user]question 2[assistant]0123456789[user]question 3");
  }

  @Test
  void oneTextThatDoesNotFitIsRefusedAndForgotten() throws Exception {
    FakeEngine engine = FakeEngine.saying("x").withContextLength(50);
    Conversation conversation = new Conversation(engine, ReplyOptions.DEFAULT);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> conversation.say("a".repeat(60), shown::append))
        .withMessageContaining("maximum context length is 50 tokens");
    conversation.say("short", shown::append);

    assertThat(engine.prompts()).containsExactly("[user]short[assistant]");
  }

  @Test
  void aBaseModelContinuesEachTextOnItsOwn() throws Exception {
    FakeEngine engine = new FakeEngine(false, prompt -> List.of("!"));
    Conversation conversation = new Conversation(engine, ReplyOptions.DEFAULT.withSystem("unused"));

    conversation.say("One", shown::append);
    conversation.say("Two", shown::append);

    assertThat(conversation.isChat()).isFalse();
    assertThat(engine.prompts()).containsExactly("One", "Two");
  }

  @Test
  void aStoppedReplyIsKeptAsFarAsItWent() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    FakeEngine engine = FakeEngine.saying("part").endless(started);
    Conversation conversation = new Conversation(engine, ReplyOptions.DEFAULT);
    Thread canceller =
        Thread.startVirtualThread(
            () -> {
              try {
                started.await();
              } catch (InterruptedException e) {
                return;
              }
              conversation.cancel();
            });

    Reply reply = conversation.say("One", shown::append);
    canceller.join();

    assertThat(reply.reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(reply.closingLine()).endsWith(", stopped");
    assertThat(shown).hasToString("part");
  }
}
