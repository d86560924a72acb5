package dev.tangram.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tangram.engine.reply.ReplyPart;
import dev.tangram.schedule.FinishReason;
import java.util.ArrayList;
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

    conversation.say("One", part -> shown.append(part.text()));
    Reply reply = conversation.say("Two", part -> shown.append(part.text()));

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

    conversation.say("One", part -> shown.append(part.text()));
    conversation.clear();
    conversation.say("Two", part -> shown.append(part.text()));

    assertThat(engine.prompts()).last().isEqualTo("[user]Two[assistant]");
  }

  @Test
  void theOldestTurnsAreLeftOutWhenTheContextIsFull() throws Exception {
    FakeEngine engine = FakeEngine.saying("0123456789").withContextLength(100);
    Conversation conversation = new Conversation(engine, ReplyOptions.DEFAULT);

    Reply last = null;
    for (int i = 0; i < 4; i++) {
      last = conversation.say("question " + i, part -> shown.append(part.text()));
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
        .isThrownBy(() -> conversation.say("a".repeat(60), part -> shown.append(part.text())))
        .withMessageContaining("maximum context length is 50 tokens");
    conversation.say("short", part -> shown.append(part.text()));

    assertThat(engine.prompts()).containsExactly("[user]short[assistant]");
  }

  @Test
  void aBaseModelContinuesEachTextOnItsOwn() throws Exception {
    FakeEngine engine = new FakeEngine(false, prompt -> List.of("!"));
    Conversation conversation = new Conversation(engine, ReplyOptions.DEFAULT.withSystem("unused"));

    conversation.say("One", part -> shown.append(part.text()));
    conversation.say("Two", part -> shown.append(part.text()));

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

    Reply reply = conversation.say("One", part -> shown.append(part.text()));
    canceller.join();

    assertThat(reply.reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(reply.closingLine()).endsWith(", stopped");
    assertThat(shown).hasToString("part");
  }

  @Test
  void reasoningIsShownApartAndNotKept() throws Exception {
    FakeEngine engine = FakeEngine.saying("<think>hm</think>", "Yes").withThinking();
    Conversation conversation = new Conversation(engine, ReplyOptions.DEFAULT.withThink(true));
    List<ReplyPart> parts = new ArrayList<>();

    conversation.say("One", parts::add);
    conversation.say("Two", parts::add);

    assertThat(parts.subList(0, 2))
        .containsExactly(
            new ReplyPart(ReplyPart.Kind.REASONING, "hm"),
            new ReplyPart(ReplyPart.Kind.CONTENT, "Yes"));
    assertThat(engine.prompts())
        .containsExactly("[user]Onethink true", "[user]One[assistant]Yes[user]Twothink true");
  }
}
