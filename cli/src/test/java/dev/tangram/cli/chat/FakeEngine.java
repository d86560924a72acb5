package dev.tangram.cli.chat;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineStats;
import dev.tangram.engine.Generation;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.ModelCard;
import dev.tangram.engine.Submission;
import dev.tangram.engine.Usage;
import dev.tangram.engine.model.Shape;
import dev.tangram.engine.prompt.ChatTemplate;
import dev.tangram.engine.token.MarkedText;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import dev.tangram.schedule.FinishReason;
import dev.tangram.schedule.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/**
 * An engine whose tokens are UTF-8 bytes and whose replies are written beforehand. Keeps the
 * prompts it got.
 */
public final class FakeEngine implements Engine {
  /** Writes each turn as {@code [role]content} and {@code [assistant]} at the end. */
  public static final String TEMPLATE =
      "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";

  private final List<String> prompts = new ArrayList<>();
  private final Function<String, List<String>> replies;
  private final boolean hasTemplate;
  private String template = TEMPLATE;
  private int contextLength = 1000;

  /** Counted down when a reply that never ends by itself shows its first piece. */
  private CountDownLatch endless;

  public FakeEngine(boolean hasTemplate, Function<String, List<String>> replies) {
    this.hasTemplate = hasTemplate;
    this.replies = replies;
  }

  /** Always the same reply, in pieces. */
  public static FakeEngine saying(String... pieces) {
    return new FakeEngine(true, prompt -> List.of(pieces));
  }

  /** Its template knows reasoning, and shows how that is switched. */
  public FakeEngine withThinking() {
    template = TEMPLATE.replace("[assistant]", "think {{ enable_thinking | tojson }}{# <think> #}");
    return this;
  }

  public FakeEngine withContextLength(int value) {
    contextLength = value;
    return this;
  }

  /** Replies go on until they are cancelled. */
  public FakeEngine endless(CountDownLatch started) {
    endless = started;
    return this;
  }

  public List<String> prompts() {
    return prompts;
  }

  @Override
  public ModelCard card() {
    Shape shape = new Shape("fake", 1, 8, 1, 1, 8, 256, contextLength, 1_000_000);
    return new ModelCard(
        "fake",
        shape,
        contextLength,
        10,
        10,
        10,
        "Q4_K",
        1,
        Selection.choose("scalar", new Workers(1)));
  }

  @Override
  public Optional<Tokenizer> tokenizer() {
    return Optional.of(new Bytes());
  }

  @Override
  public Optional<ChatTemplate> chatTemplate() {
    return hasTemplate ? Optional.of(ChatTemplate.compile(template)) : Optional.empty();
  }

  @Override
  public Submission submit(GenerationRequest request) {
    if (request.prompt().length + request.tokensMax() > contextLength) {
      return new Submission.Refused(
          new Rejection.PromptTooLong(request.prompt().length, request.tokensMax(), contextLength));
    }
    byte[] bytes = new byte[request.prompt().length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) request.prompt()[i];
    }
    String prompt = new String(bytes, StandardCharsets.UTF_8);
    prompts.add(prompt);
    return new Submission.Admitted(
        new Scripted(replies.apply(prompt), request.prompt().length, endless));
  }

  @Override
  public EngineStats stats() {
    return new EngineStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public boolean drain(Duration most) {
    return true;
  }

  @Override
  public void close() {}

  private static final class Scripted implements Generation {
    private final List<String> pieces;
    private final int promptTokens;
    private final CountDownLatch endless;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private int next;

    Scripted(List<String> pieces, int promptTokens, CountDownLatch endless) {
      this.pieces = pieces;
      this.promptTokens = promptTokens;
      this.endless = endless;
    }

    @Override
    public Event next() throws InterruptedException {
      if (next < pieces.size()) {
        return new Delta(next, pieces.get(next++), null);
      }
      if (endless != null) {
        endless.countDown();
        cancelled.await();
      }
      FinishReason reason = cancelled.getCount() == 0 ? FinishReason.CANCELLED : FinishReason.STOP;
      return new Finished(
          reason,
          "",
          new Usage(promptTokens, 0, pieces.size(), 0, 210_000_000, 1_000_000_000),
          null);
    }

    @Override
    public Optional<Event> next(long millis) throws InterruptedException {
      return Optional.of(next());
    }

    @Override
    public void cancel() {
      cancelled.countDown();
    }
  }

  private static final class Bytes implements Tokenizer {
    @Override
    public int vocabularySize() {
      return 256;
    }

    @Override
    public int[] encode(MarkedText text) {
      byte[] bytes = text.text().getBytes(StandardCharsets.UTF_8);
      int[] ids = new int[bytes.length];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = bytes[i] & 0xff;
      }
      return ids;
    }

    @Override
    public byte[] bytes(int id) {
      return new byte[] {(byte) id};
    }

    @Override
    public String piece(int id) {
      return String.valueOf((char) id);
    }

    @Override
    public boolean isControl(int id) {
      return false;
    }

    @Override
    public OptionalInt begin() {
      return OptionalInt.empty();
    }

    @Override
    public Set<Integer> ends() {
      return Set.of();
    }

    @Override
    public OptionalInt id(String piece) {
      return OptionalInt.empty();
    }
  }
}
