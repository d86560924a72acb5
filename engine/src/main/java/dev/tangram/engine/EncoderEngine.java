package dev.tangram.engine;

import dev.tangram.engine.encoder.BertEncoder;
import dev.tangram.engine.encoder.EncoderConfig;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.model.Shape;
import dev.tangram.engine.prompt.ChatTemplate;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.engine.token.Tokenizers;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import dev.tangram.schedule.Rejection;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.admit.AdmissionLimits;
import dev.tangram.schedule.admit.AdmissionQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** An engine for a model that turns texts into vectors: its own thread, line and memory. */
final class EncoderEngine implements Engine {
  private static final int STEP_TOKENS_MAX = 512;
  private static final int WAITING_MAX = 256;
  private static final long WAITING_TOKENS_MAX = 1 << 18;
  private static final Duration WAIT_MAX = Duration.ofMinutes(2);

  private final ModelCard card;
  private final Tokenizer tokenizer;
  private final BertEncoder encoder;
  private final Workers workers;
  private final EncoderLoop loop;
  private final Thread thread;
  private final AtomicLong ids = new AtomicLong();

  private EncoderEngine(
      ModelCard card, Tokenizer tokenizer, BertEncoder encoder, Workers workers, EncoderLoop loop) {
    this.card = card;
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    this.workers = workers;
    this.loop = loop;
    this.thread = Thread.ofPlatform().name("encoder " + card.name()).daemon().unstarted(loop);
  }

  static Engine open(Path folder, EngineOptions options) {
    EncoderConfig config = EncoderConfig.read(folder);
    Tokenizer tokenizer = tokenizer(folder, config);
    int lengthMax = lengthMax(config, options);
    int stepTokensMax =
        Math.max(
            options.stepTokensMax() > 0 ? options.stepTokensMax() : STEP_TOKENS_MAX, lengthMax);
    int threads = options.threads() > 0 ? options.threads() : Processors.physicalCores();
    Workers workers = new Workers(threads);
    try {
      Selection selection = Selection.choose(options.kernels(), workers);
      BertEncoder encoder = BertEncoder.open(folder, config, selection.kernels(), stepTokensMax);
      ModelCard card =
          new ModelCard(
              config.name(),
              shape(config, encoder),
              lengthMax,
              encoder.fileBytes(),
              encoder.weightBytes(),
              0,
              encoder.format(),
              threads,
              selection);
      int waitingMax = options.waitingMax() > 0 ? options.waitingMax() : WAITING_MAX;
      AdmissionQueue queue =
          new AdmissionQueue(
              new AdmissionLimits(lengthMax, waitingMax, WAITING_TOKENS_MAX, WAIT_MAX.toNanos()));
      EncoderLoop loop = new EncoderLoop(encoder::encode, queue, stepTokensMax);
      EncoderEngine engine = new EncoderEngine(card, tokenizer, encoder, workers, loop);
      engine.thread.start();
      return engine;
    } catch (RuntimeException | Error e) {
      workers.close();
      throw e;
    }
  }

  private static int lengthMax(EncoderConfig config, EngineOptions options) {
    if (options.contextLength() > config.lengthMax()) {
      throw new IllegalArgumentException(
          "context: found %d, allowed: at most %d, which is what this model was made for"
              .formatted(options.contextLength(), config.lengthMax()));
    }
    return options.contextLength() > 0 ? options.contextLength() : config.lengthMax();
  }

  private static Tokenizer tokenizer(Path folder, EncoderConfig config) {
    Path file = folder.resolve("tokenizer.json");
    Tokenizer tokenizer = Tokenizers.wordPiece(file);
    if (tokenizer.vocabularySize() > config.vocabulary()) {
      throw new ModelFormatException(
          file.toString(),
          "model.vocab",
          tokenizer.vocabularySize() + " tokens",
          "at most vocab_size of config.json: " + config.vocabulary());
    }
    return tokenizer;
  }

  private static Shape shape(EncoderConfig config, BertEncoder encoder) {
    return new Shape(
        "bert",
        config.layers(),
        config.width(),
        config.heads(),
        config.heads(),
        config.headSize(),
        config.vocabulary(),
        config.positions(),
        encoder.parameters());
  }

  @Override
  public ModelCard card() {
    return card;
  }

  @Override
  public ModelUse use() {
    return ModelUse.EMBED;
  }

  @Override
  public Optional<Tokenizer> tokenizer() {
    return Optional.of(tokenizer);
  }

  @Override
  public Optional<ChatTemplate> chatTemplate() {
    return Optional.empty();
  }

  @Override
  public Submission submit(GenerationRequest request) {
    ReadoutRules.check(request, card, use());
    long now = System.nanoTime();
    Sequence sequence =
        new Sequence(ids.incrementAndGet(), request.scope(), request.prompt(), 0, true, now);
    Mailbox mailbox = new Mailbox(loop.door()::wake);
    Optional<Rejection> refused =
        loop.door().offer(new EncoderLoop.Job(sequence, request.prompt(), mailbox, now));
    return refused.isPresent()
        ? new Submission.Refused(refused.get())
        : new Submission.Admitted(mailbox);
  }

  @Override
  public EngineStats stats() {
    return loop.stats();
  }

  @Override
  public boolean drain(Duration most) {
    return loop.door().drain(most.toNanos());
  }

  @Override
  public void close() {
    loop.door().closeAndJoin(thread);
    workers.close();
    encoder.close();
  }
}
