package dev.tangram.server.fake;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineStats;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.ModelCard;
import dev.tangram.engine.ModelUse;
import dev.tangram.engine.Submission;
import dev.tangram.engine.model.Shape;
import dev.tangram.engine.prompt.ChatTemplate;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.kernel.Selection;
import dev.tangram.schedule.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * An engine that plays scripts: for odd timings that no real model would keep. It counts what it is
 * asked, and holds one block per running generation.
 */
public final class FakeEngine implements Engine {
  public static final int CONTEXT = 4096;
  private static final int WAITING_MAX = 256;

  private final Tokenizer tokenizer = new ByteTokenizer();
  private final Set<FakeGeneration> live = ConcurrentHashMap.newKeySet();
  private final List<FakeGeneration> all = new CopyOnWriteArrayList<>();
  private volatile Function<GenerationRequest, Script> script =
      request -> Script.saying("Hello, world!");
  private volatile Optional<ChatTemplate> template = Optional.empty();
  private volatile ModelUse use = ModelUse.GENERATE;
  private volatile boolean closed;
  private volatile int sequencesMax = Integer.MAX_VALUE;

  /** Answers other requests than for text. */
  public FakeEngine use(ModelUse value) {
    use = value;
    return this;
  }

  @Override
  public ModelUse use() {
    return use;
  }

  /** The same script for every request from now on. */
  public FakeEngine play(Script next) {
    return play(request -> next);
  }

  public FakeEngine play(Function<GenerationRequest, Script> next) {
    script = next;
    return this;
  }

  public FakeEngine template(ChatTemplate value) {
    template = Optional.ofNullable(value);
    return this;
  }

  /** At most so many generations at once; one more is refused. */
  public FakeEngine roomFor(int sequences) {
    sequencesMax = sequences;
    return this;
  }

  /** All that was ever admitted. */
  public List<FakeGeneration> generations() {
    return List.copyOf(all);
  }

  /** What is waiting or running now. */
  public int live() {
    return live.size();
  }

  public boolean isClosed() {
    return closed;
  }

  /** A prompt of byte tokens as text. */
  public static String text(GenerationRequest request) {
    byte[] bytes = new byte[request.prompt().length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.min(request.prompt()[i], 127);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public ModelCard card() {
    return new ModelCard(
        "fake",
        new Shape("fake", 1, 64, 1, 1, 64, tokenizer.vocabularySize(), CONTEXT, 1000),
        CONTEXT,
        1000,
        2000,
        3000,
        "F32",
        1,
        new Selection(null, 0, "a fake has no kernels"));
  }

  @Override
  public Optional<Tokenizer> tokenizer() {
    return Optional.of(tokenizer);
  }

  @Override
  public Optional<ChatTemplate> chatTemplate() {
    return template;
  }

  @Override
  public synchronized Submission submit(GenerationRequest request) {
    if (closed) {
      return new Submission.Refused(new Rejection.Draining());
    }
    if (request.prompt().length + request.tokensMax() > CONTEXT) {
      return new Submission.Refused(
          new Rejection.PromptTooLong(request.prompt().length, request.tokensMax(), CONTEXT));
    }
    if (live.size() >= sequencesMax) {
      return new Submission.Refused(new Rejection.QueueFull(live.size(), WAITING_MAX, 7));
    }
    var generation = new FakeGeneration(request, script.apply(request), live::remove);
    all.add(generation);
    live.add(generation);
    generation.start();
    return new Submission.Admitted(generation);
  }

  @Override
  public EngineStats stats() {
    int running = (int) live.stream().filter(FakeGeneration::isRunning).count();
    return new EngineStats(
        running, live.size() - running, 100, live.size(), 0, 10, 5, 0, 0, 0, all.size());
  }

  @Override
  public boolean drain(Duration most) {
    return live.isEmpty();
  }

  @Override
  public synchronized void close() {
    closed = true;
    live.forEach(FakeGeneration::cancel);
  }
}
