package dev.tangram.engine;

import dev.tangram.engine.encoder.UnitLength;
import dev.tangram.engine.sample.Logits;
import dev.tangram.engine.sample.Sampler;
import dev.tangram.engine.token.StopMatcher;
import dev.tangram.engine.token.TokenStream;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.schedule.FinishReason;
import dev.tangram.schedule.Sequence;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What the engine keeps of a sequence beside its scheduling state: how it draws, how its text comes
 * out, who reads it.
 *
 * <p>Threads: {@link #draw} by any one kernel worker during a step, everything else by the step
 * loop.
 */
final class Active {
  private final Sequence sequence;
  private final GenerationRequest request;
  private final Mailbox mailbox;
  private final Sampler sampler;
  private final TokenStream text;
  private final StopMatcher stop;
  private final Set<Integer> ends;
  private final int vocabulary;
  private final TokenLogprob[] promptScores;
  // Null if nothing is guessed for this sequence.
  private final Guesses guesses;
  private final long submittedNanos;

  private int cachedAtStart = -1;
  private long startedNanos;
  private long firstTokenNanos;
  private final int[] drawn;
  private final TokenLogprob[] drawnLogprobs;
  private int drawnCount;
  private boolean finished;
  private float[] values;

  /**
   * @param tokenizer null if the model has none: then there is no text
   * @param guesses null if nothing is guessed
   * @param guessesMax most guesses in one step
   */
  Active(
      Sequence sequence,
      GenerationRequest request,
      Mailbox mailbox,
      Tokenizer tokenizer,
      int vocabulary,
      Guesses guesses,
      int guessesMax,
      long submittedNanos) {
    this.sequence = sequence;
    this.request = request;
    this.mailbox = mailbox;
    this.vocabulary = vocabulary;
    this.sampler = new Sampler(request.sampling(), request.prompt(), vocabulary);
    this.text = tokenizer == null ? null : new TokenStream(tokenizer);
    this.stop = new StopMatcher(request.stop());
    this.ends = tokenizer == null || request.ignoreEnd() ? Set.of() : tokenizer.ends();
    this.promptScores =
        request.promptLogprobs() < 0 ? null : new TokenLogprob[request.prompt().length - 1];
    this.guesses = guesses;
    this.drawn = new int[guesses == null ? 1 : 1 + guessesMax];
    this.drawnLogprobs = new TokenLogprob[drawn.length];
    this.submittedNanos = submittedNanos;
  }

  /** Null if nothing is guessed for this sequence. */
  Guesses guesses() {
    return guesses;
  }

  /** Whether its next step is one token after those it has made: guesses may stand behind it. */
  boolean decodes() {
    return !finished && sequence.pending() == 1 && sequence.made() > 0;
  }

  Sequence sequence() {
    return sequence;
  }

  Mailbox mailbox() {
    return mailbox;
  }

  boolean scoresPrompt() {
    return promptScores != null;
  }

  /** Whether the hidden state of the prompt's last token is wanted. */
  boolean wantsHidden() {
    return request.readout() instanceof Readout.Embedding;
  }

  /** The first step that runs this sequence begins. */
  void started(long now) {
    if (cachedAtStart < 0) {
      cachedAtStart = sequence.cached();
      startedNanos = now;
    }
  }

  /** Row {@code offset} holds the logits after prompt token {@code position}. */
  void scorePrompt(float[] logits, int offset, int position) {
    if (position + 1 < request.prompt().length) {
      promptScores[position] =
          Logits.logprob(
              logits, offset, vocabulary, request.prompt()[position + 1], request.promptLogprobs());
    }
  }

  /**
   * Reads what is wanted of the prompt's last position; the result goes out with the last event.
   *
   * @param logits a row at {@code offset}; not read if the hidden state is wanted
   * @param hidden a row of {@code width} at {@code row}; not read if logits are wanted
   */
  void read(float[] logits, int offset, float[] hidden, int row, int width) {
    float[] found =
        switch (request.readout()) {
          case Readout.Embedding _ -> {
            float[] vector = Arrays.copyOfRange(hidden, row * width, (row + 1) * width);
            UnitLength.of(vector, width);
            yield vector;
          }
          case Readout.Logits(int[] ids) -> {
            float[] some = new float[ids.length];
            for (int i = 0; i < ids.length; i++) {
              some[i] = logits[offset + ids[i]];
            }
            yield some;
          }
        };
    boolean finite = true;
    for (float value : found) {
      finite &= Float.isFinite(value);
    }
    values = finite ? found : null;
  }

  boolean reads() {
    return request.readout() != null;
  }

  /**
   * Samples from the row of logits at {@code offset} and, as long as what was drawn is what was
   * guessed, from the next one: each row is then what a step of its own would have given. The
   * result is taken by {@link #deliver}.
   *
   * @param stride floats from one row to the next
   * @param drafts guesses that were run; their rows follow
   */
  void draw(float[] logits, int offset, int stride, int drafts) {
    drawnCount = 0;
    if (request.tokensMax() == 0) {
      return;
    }
    boolean goesOn = true;
    while (goesOn) {
      int at = drawnCount++;
      int id = drawOne(logits, offset + at * stride, at);
      goesOn = at < drafts && id == sequence.draft(at) && !ends.contains(id);
    }
  }

  private int drawOne(float[] logits, int offset, int at) {
    float[] row = logits;
    int from = offset;
    if (request.logprobs() >= 0) {
      // The report is of the model's own distribution, and drawing changes the row.
      row = Arrays.copyOfRange(logits, offset, offset + vocabulary);
      from = 0;
    }
    int id = sampler.draw(row, from, vocabulary, sequence.made() + at);
    drawn[at] = id;
    drawnLogprobs[at] =
        request.logprobs() < 0 || id < 0
            ? null
            : Logits.logprob(logits, offset, vocabulary, id, request.logprobs());
    return id;
  }

  /** Hands on what was drawn. Returns why the sequence ends with it, or null if it goes on. */
  FinishReason deliver(long now) {
    if (promptScores != null && sequence.made() == 0) {
      mailbox.put(new Generation.PromptScores(List.of(promptScores)));
    }
    if (firstTokenNanos == 0) {
      firstTokenNanos = now;
    }
    if (request.readout() != null) {
      return values == null ? FinishReason.ERROR : FinishReason.STOP;
    }
    if (request.tokensMax() == 0) {
      return FinishReason.LENGTH;
    }
    FinishReason reason = null;
    for (int i = 0; i < drawnCount && reason == null; i++) {
      reason = deliver(drawn[i], drawnLogprobs[i]);
    }
    return reason;
  }

  private FinishReason deliver(int id, TokenLogprob logprob) {
    if (id < 0) {
      return FinishReason.ERROR;
    }
    sequence.append(id);
    if (ends.contains(id)) {
      mailbox.put(new Generation.Delta(id, "", logprob));
      return FinishReason.STOP;
    }
    String shown = text == null ? "" : stop.feed(text.feed(id));
    mailbox.put(new Generation.Delta(id, shown, logprob));
    if (stop.found().isPresent()) {
      return FinishReason.STOP;
    }
    return sequence.made() == request.tokensMax() ? FinishReason.LENGTH : null;
  }

  /** Ends the mailbox. */
  void finish(FinishReason reason, String error, long now) {
    finished = true;
    String rest = "";
    if (text != null && !stop.found().isPresent()) {
      rest = stop.feed(text.finish());
      rest = stop.found().isPresent() ? rest : rest + stop.finish();
    }
    mailbox.put(new Generation.Finished(reason, rest, usage(now), error, values));
  }

  private Usage usage(long now) {
    boolean started = cachedAtStart >= 0;
    boolean first = firstTokenNanos != 0;
    return new Usage(
        sequence.promptLength(),
        Math.max(cachedAtStart, 0),
        sequence.made(),
        guesses == null ? 0 : guesses.predictedRight(),
        guesses == null ? 0 : guesses.predictedWrong(),
        (started ? startedNanos : now) - submittedNanos,
        started ? (first ? firstTokenNanos : now) - startedNanos : 0,
        first ? now - firstTokenNanos : 0);
  }
}
