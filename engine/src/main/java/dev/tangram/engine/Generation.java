package dev.tangram.engine;

import dev.tangram.schedule.FinishReason;
import java.util.List;
import java.util.Optional;

/**
 * A running generation: a mailbox that the step loop fills without ever waiting, and a way to
 * cancel.
 *
 * <p>Threads: {@link #next} by one reader at a time; {@link #cancel} by any.
 */
public interface Generation {
  /** What came. */
  sealed interface Event {}

  /**
   * Once, before the first delta, if the prompt's log-probabilities were asked for: entry i is of
   * prompt token i + 1.
   */
  record PromptScores(List<TokenLogprob> scores) implements Event {}

  /**
   * One more token.
   *
   * @param text complete characters that may be shown now; may be empty while a UTF-8 sequence or a
   *     possible stop string is held back
   * @param logprob null unless asked for
   */
  record Delta(int token, String text, TokenLogprob logprob) implements Event {}

  /**
   * The last event. {@code text} is what was still held back. {@code error} is null unless the
   * reason is ERROR.
   *
   * @param values what the request's {@link Readout} asked for; null if it asked for none, or the
   *     reason is not STOP
   */
  record Finished(FinishReason reason, String text, Usage usage, String error, float[] values)
      implements Event {
    public Finished(FinishReason reason, String text, Usage usage, String error) {
      this(reason, text, usage, error, null);
    }
  }

  /** Waits for the next event; after {@link Finished} it returns that same event again. */
  Event next() throws InterruptedException;

  /** Waits at most {@code millis}; empty if nothing came. */
  Optional<Event> next(long millis) throws InterruptedException;

  /**
   * Asks the engine to stop; it leaves the batch within one step and ends with CANCELLED.
   * Idempotent.
   */
  void cancel();

  /**
   * The text as it comes, piece by piece; leaving the loop early does not cancel.
   *
   * @throws IllegalStateException from the iterator, if the generation fails or the reading thread
   *     is interrupted
   */
  default Iterable<String> pieces() {
    return () -> new Pieces(this);
  }

  /** Waits for the end and returns all of the text. */
  default String text() {
    StringBuilder text = new StringBuilder();
    pieces().forEach(text::append);
    return text.toString();
  }
}
