package dev.tangram.engine.draft;

import dev.tangram.schedule.Sequence;

/** Guesses how a text goes on from the text alone. */
public interface TextGuess {
  /**
   * Guesses what comes after the sequence's last token.
   *
   * @param sequence always the same one; it only grows
   * @param most tokens to guess, at least 1
   * @param guesses filled from 0 on
   * @return how many were guessed
   */
  int guess(Sequence sequence, int most, int[] guesses);

  /** Whether the last guess was copied from a text that the request gave to be copied from. */
  default boolean fromGiven() {
    return false;
  }
}
