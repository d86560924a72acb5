package dev.tangram.cli.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.cli.chat.Conversation;
import dev.tangram.cli.chat.Reply;
import dev.tangram.cli.chat.ReplyOptions;
import dev.tangram.engine.Engine;
import dev.tangram.schedule.FinishReason;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PracticeModelTest {
  @TempDir private Path folder;

  @Test
  void isAChatModelThatTheEngineRuns() throws Exception {
    Path file = folder.resolve("practice.gguf");
    PracticeModel.write(file);

    try (Engine engine = Engine.open(file)) {
      StringBuilder shown = new StringBuilder();
      Conversation conversation =
          new Conversation(engine, ReplyOptions.DEFAULT.withTemperature(0).withTokensMax(5));
      Reply reply = conversation.say("hello", part -> shown.append(part.text()));

      assertThat(conversation.isChat()).isTrue();
      assertThat(reply.reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(reply.usage().completionTokens()).isEqualTo(5);
      // <|im_start|>, user\n, hello, <|im_end|>\n, <|im_start|>, assistant\n: hello is merged, the
      // roles are letters
      assertThat(reply.usage().promptTokens()).isEqualTo(1 + 5 + 1 + 2 + 1 + 10);
      assertThat(engine.card().quantization()).isIn("Q8_0", "Q5_0", "Q6_K", "Q4_K");
    }
  }

  @Test
  void theRehearsalEndsByItself() throws Exception {
    Rehearsal.run();
  }
}
