package dev.tangram.server.fake;

import dev.tangram.engine.Generation;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.Readout;
import dev.tangram.engine.TokenLogprob;
import dev.tangram.engine.Usage;
import dev.tangram.engine.encoder.UnitLength;
import dev.tangram.engine.token.StopMatcher;
import dev.tangram.engine.token.TokenStream;
import dev.tangram.schedule.FinishReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Plays a script on a virtual thread. */
public final class FakeGeneration implements Generation {
  private final GenerationRequest request;
  private final Script script;
  private final Consumer<FakeGeneration> ended;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final TokenStream stream = new TokenStream(new ByteTokenizer());
  private final StopMatcher stops;
  private volatile boolean running;
  private volatile int tokens;
  private volatile int cancels;
  private Finished finished;

  FakeGeneration(GenerationRequest request, Script script, Consumer<FakeGeneration> ended) {
    this.request = request;
    this.script = script;
    this.ended = ended;
    stops = new StopMatcher(request.stop());
  }

  void start() {
    Thread.ofVirtual().name("fake-generation").start(this::play);
  }

  public GenerationRequest request() {
    return request;
  }

  /** Tokens made so far. */
  public int tokens() {
    return tokens;
  }

  /** How often it was asked to stop. */
  public int cancels() {
    return cancels;
  }

  /** True once it left the waiting line. */
  public boolean isRunning() {
    return running;
  }

  private void play() {
    FinishReason reason;
    try {
      reason = run();
    } catch (InterruptedException e) {
      reason = FinishReason.CANCELLED;
    }
    ended.accept(this);
    String held =
        reason == FinishReason.CANCELLED ? "" : stops.feed(stream.finish()) + stops.finish();
    Usage usage =
        new Usage(
            request.prompt().length,
            0,
            tokens,
            script.queueMillis() * 1_000_000,
            script.prefillMillis() * 1_000_000,
            script.tokenMillis() * tokens * 1_000_000);
    events.add(
        new Finished(
            reason,
            held,
            usage,
            reason == FinishReason.ERROR ? "scripted failure" : null,
            reason == FinishReason.STOP ? values(request) : null));
  }

  /**
   * What it reads out of a prompt: a vector of length 1 that its tokens decide, or as logits a 0
   * and the number of its tokens that are {@code !}.
   */
  public static float[] values(GenerationRequest request) {
    return switch (request.readout()) {
      case null -> null;
      case Readout.Embedding _ -> {
        float[] vector = new float[64];
        for (int id : request.prompt()) {
          vector[id % 64]++;
        }
        UnitLength.of(vector, 64);
        yield vector;
      }
      case Readout.Logits _ -> {
        long marks = Arrays.stream(request.prompt()).filter(id -> id == '!').count();
        yield new float[] {0, marks};
      }
    };
  }

  private FinishReason run() throws InterruptedException {
    if (pause(script.queueMillis())) {
      return FinishReason.CANCELLED;
    }
    running = true;
    if (pause(script.prefillMillis())) {
      return FinishReason.CANCELLED;
    }
    if (request.readout() != null) {
      return script.end();
    }
    scorePrompt();
    for (int i = 0; i < script.tokens().length || script.endless(); i++) {
      if (tokens == request.tokensMax()) {
        return FinishReason.LENGTH;
      }
      if (pause(i == 0 ? 0 : script.tokenMillis())) {
        return FinishReason.CANCELLED;
      }
      int token = script.tokens()[i % script.tokens().length];
      tokens++;
      events.add(
          new Delta(token, stops.feed(stream.feed(token)), score(token, request.logprobs())));
      if (stops.found().isPresent()) {
        return FinishReason.STOP;
      }
    }
    return script.end();
  }

  private void scorePrompt() {
    if (request.promptLogprobs() >= 0) {
      List<TokenLogprob> scores = new ArrayList<>();
      for (int i = 1; i < request.prompt().length; i++) {
        scores.add(score(request.prompt()[i], request.promptLogprobs()));
      }
      events.add(new PromptScores(scores));
    }
  }

  private static TokenLogprob score(int token, int top) {
    if (top < 0) {
      return null;
    }
    var alternatives = new ArrayList<TokenLogprob.Alternative>();
    for (int i = 0; i < top; i++) {
      alternatives.add(new TokenLogprob.Alternative((token + i) % 256, -0.5f - i));
    }
    return new TokenLogprob(token, -0.5f, alternatives);
  }

  private boolean pause(long millis) throws InterruptedException {
    return cancelled.await(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public Event next() throws InterruptedException {
    if (finished != null) {
      return finished;
    }
    return note(events.take());
  }

  @Override
  public Optional<Event> next(long millis) throws InterruptedException {
    if (finished != null) {
      return Optional.of(finished);
    }
    return Optional.ofNullable(events.poll(millis, TimeUnit.MILLISECONDS)).map(this::note);
  }

  private Event note(Event event) {
    if (event instanceof Finished last) {
      finished = last;
    }
    return event;
  }

  @Override
  public void cancel() {
    cancels++;
    cancelled.countDown();
  }
}
