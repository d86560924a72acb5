package dev.tangram.engine;

import dev.tangram.engine.draft.TextGuess;
import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.model.Models;
import dev.tangram.engine.model.Shape;
import dev.tangram.engine.prompt.ChatTemplate;
import dev.tangram.engine.prompt.TemplateException;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.engine.token.Tokenizers;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import dev.tangram.schedule.Rejection;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.admit.AdmissionLimits;
import dev.tangram.schedule.admit.AdmissionQueue;
import dev.tangram.schedule.batch.BatchLimits;
import dev.tangram.schedule.batch.BatchScheduler;
import dev.tangram.schedule.block.BlockLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** An engine in this process: opens a file, starts the step loop, turns requests into sequences. */
final class LocalEngine implements Engine {
  /**
   * Rows of logits in one step beyond one of each sequence, for prompt tokens with
   * log-probabilities and for guesses: each is as long as the vocabulary.
   */
  private static final int MORE_ROWS_MAX = 32;

  private static final int SEQUENCES_MAX = 16;
  private static final int STEP_TOKENS_MAX = 256;
  private static final int WAITING_MAX = 256;
  private static final long WAITING_TOKENS_MAX = 1 << 20;

  /** A request that would wait longer is refused at once: its client would have given up. */
  private static final Duration WAIT_MAX = Duration.ofMinutes(2);

  private final ModelCard card;
  private final Optional<Tokenizer> tokenizer;
  private final Optional<ChatTemplate> template;
  private final ModelUse use;
  private final Speculation speculation;
  private final Model model;
  private final KvMemory kv;
  // Null if the model has no recurrent layers.
  private final StateMemory states;
  private final Workers workers;
  private final StepLoop loop;
  private final Thread thread;
  private final int drawable;
  private final AtomicLong ids = new AtomicLong();

  private LocalEngine(
      ModelCard card,
      Optional<Tokenizer> tokenizer,
      Optional<ChatTemplate> template,
      ModelUse use,
      Speculation speculation,
      Model model,
      KvMemory kv,
      StateMemory states,
      Workers workers,
      StepLoop loop) {
    this.card = card;
    this.tokenizer = tokenizer;
    this.template = template;
    this.use = use;
    this.speculation = speculation;
    this.model = model;
    this.kv = kv;
    this.states = states;
    this.workers = workers;
    this.loop = loop;
    int rows = card.shape().vocabulary();
    this.drawable = tokenizer.map(t -> Math.min(t.paddingStart(), rows)).orElse(rows);
    this.thread = Thread.ofPlatform().name("engine " + card.name()).daemon().unstarted(loop);
  }

  static Engine open(Path path, EngineOptions options) {
    int sequencesMax = options.sequencesMax() > 0 ? options.sequencesMax() : SEQUENCES_MAX;
    int stepTokensMax =
        Math.max(
            options.stepTokensMax() > 0 ? options.stepTokensMax() : STEP_TOKENS_MAX, sequencesMax);
    int logitRowsMax = sequencesMax + MORE_ROWS_MAX;
    int threads = options.threads() > 0 ? options.threads() : Processors.physicalCores();
    Workers workers = new Workers(threads);
    Model model = null;
    try (HeadStart start = new HeadStart(path, options, workers);
        ModelFile file = ModelFiles.open(path)) {
      Models.checkMemory(file, options.kvCacheBytes());
      start.thereIsRoom();
      Optional<Tokenizer> tokenizer = Tokenizers.of(file.metadata(), path.toString());
      Optional<ChatTemplate> template =
          Optional.ofNullable(file.metadata().string("tokenizer.chat_template", null))
              .map(source -> template(source, path));
      ModelUse use = DecoderUse.of(file, path, tokenizer);
      Selection selection = start.selection();
      model =
          Models.open(
              file, selection.kernels(), stepTokensMax, logitRowsMax, bytes -> {}, start.copy());
      Shape shape = model.shape();
      // Only text can be guessed.
      Speculation speculation =
          use == ModelUse.GENERATE ? checked(options.speculation(), model, path) : Speculation.OFF;
      EngineOptions counted = options.withSpeculation(speculation);
      KvBudget budget = KvBudget.of(shape, counted, sequencesMax, stepTokensMax);
      KvMemory kv = shape.kvMemory(budget.blocks(), budget.windowBlocks(), options.kvType());
      StateMemory states = shape.stateMemory(budget.slots());
      ModelCard card =
          new ModelCard(
              name(file.metadata(), path),
              shape,
              budget.contextLength(),
              file.bytes(),
              model.weightBytes(),
              kv.bytes() + (states == null ? 0 : states.bytes()),
              commonestFormat(file),
              threads,
              selection);
      AdmissionQueue queue =
          new AdmissionQueue(
              new AdmissionLimits(
                  budget.contextLength(),
                  options.waitingMax() > 0 ? options.waitingMax() : WAITING_MAX,
                  WAITING_TOKENS_MAX,
                  WAIT_MAX.toNanos()));
      BlockLedger ledger = budget.ledger(shape, stepTokensMax);
      BatchScheduler scheduler =
          new BatchScheduler(
              new BatchLimits(budget.sequencesMax(), stepTokensMax, MORE_ROWS_MAX), ledger, queue);
      StepLoop loop =
          new StepLoop(
              model, kv, states, ledger, scheduler, queue, workers, logitRowsMax, stepTokensMax);
      LocalEngine engine =
          new LocalEngine(
              card, tokenizer, template, use, speculation, model, kv, states, workers, loop);
      if (speculation.method().usesHead()) {
        model.draft().ifPresent(head -> loop.guessBy(head, engine.drawable));
      }
      engine.thread.start();
      return engine;
    } catch (RuntimeException | Error e) {
      if (model != null) {
        model.close();
      }
      workers.close();
      throw e;
    }
  }

  private static Speculation checked(Speculation asked, Model model, Path path) {
    if (asked.method() == Speculation.Method.MTP && model.draft().isEmpty()) {
      throw new IllegalArgumentException(
          "speculative: found mtp, allowed for %s: off, ngram, auto; its file has no multi-token prediction head"
              .formatted(path.getFileName()));
    }
    return asked;
  }

  private static ChatTemplate template(String source, Path path) {
    try {
      return ChatTemplate.compile(source);
    } catch (TemplateException e) {
      throw new ModelFormatException(
          path.toString(),
          "tokenizer.chat_template",
          e.getMessage(),
          "a template that this engine can run");
    }
  }

  private static String name(Metadata metadata, Path path) {
    return metadata.string("general.name", path.getFileName().toString());
  }

  private static String commonestFormat(ModelFile file) {
    Map<Format, Long> bytes = new EnumMap<>(Format.class);
    Format most = null;
    for (Tensor tensor : file.tensors().values()) {
      Format format = tensor.format();
      bytes.put(format, bytes.getOrDefault(format, 0L) + tensor.bytes());
      if (most == null || bytes.get(format) > bytes.get(most)) {
        most = format;
      }
    }
    return most == null ? "none" : most.name();
  }

  @Override
  public ModelCard card() {
    return card;
  }

  @Override
  public ModelUse use() {
    return use;
  }

  @Override
  public Optional<Tokenizer> tokenizer() {
    return tokenizer;
  }

  @Override
  public Optional<ChatTemplate> chatTemplate() {
    return template;
  }

  @Override
  public Submission submit(GenerationRequest request) {
    ReadoutRules.check(request, card, use);
    long now = System.nanoTime();
    Sequence sequence = sequence(request, now);
    boolean head = speculation.method().usesHead() && model.draft().isPresent();
    return submit(request, sequence, Guesses.of(sequence, request, speculation, head), now);
  }

  /** As {@link #submit(GenerationRequest)}, with somebody else's guesses, as many as fit a step. */
  Submission submit(GenerationRequest request, TextGuess text) {
    long now = System.nanoTime();
    Sequence sequence = sequence(request, now);
    Guesses guesses = Guesses.all(sequence, speculation.tokensMax(), text);
    return submit(request, sequence, guesses, now);
  }

  private Submission submit(
      GenerationRequest request, Sequence sequence, Guesses guesses, long now) {
    Mailbox mailbox = new Mailbox(loop.door()::wake);
    Active active =
        new Active(
            sequence,
            request,
            mailbox,
            tokenizer.orElse(null),
            drawable,
            guesses,
            speculation.tokensMax(),
            now);
    Optional<Rejection> refused = loop.door().offer(active);
    return refused.isPresent()
        ? new Submission.Refused(refused.get())
        : new Submission.Admitted(mailbox);
  }

  private Sequence sequence(GenerationRequest request, long now) {
    return new Sequence(
        ids.incrementAndGet(),
        request.scope(),
        request.prompt(),
        request.tokensMax(),
        request.promptLogprobs() >= 0,
        now);
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
    kv.close();
    if (states != null) {
      states.close();
    }
    model.close();
  }
}
