package dev.tangram.schedule.draft;

import dev.tangram.schedule.Invariant;

/**
 * How many tokens to guess ahead of one sequence, so that guessing is never much slower than not
 * guessing. A step that runs one more row takes longer; the row is worth that while the guess is
 * likely enough to be right.
 *
 * <p>The rule. {@code p}, the chance that a guess is right if the one before it was, is learnt from
 * this sequence's own: each guess that was looked at moves it an eighth of the way to 1 or 0. Among
 * 0 to {@code draftsMax} guesses the number is taken that promises the most tokens in a unit of
 * time:
 *
 * <pre>
 *   tokens(n) = others + 1 + p + p^2 + ... + p^n
 *   time(n)   = 1 + rowCost (others + n)              a step of one row takes 1
 * </pre>
 *
 * where {@code others} are the sequences that decode in the same step. If that is 0 guesses, the
 * sequence rests for {@code REST_MIN} steps and then tries one; each refusal of such a one doubles
 * the rest, up to {@code REST_MAX}.
 *
 * <p>Threads: belongs to whoever owns the scheduler.
 */
public final class DraftPace {
  static final int REST_MIN = 8;
  static final int REST_MAX = 128;

  private static final double LEARNT = 1.0 / 8;

  private final int draftsMax;
  private final double rowCost;
  // One good guess after a rest is enough to go on: then the chance is above the price of a row.
  private final double chanceMin;
  private double chance;
  private int rest;
  private int restNext = REST_MIN;
  private boolean tries;

  /**
   * @param draftsMax most guesses in a step
   * @param rowCost time that one more row adds to a step, as a share of a step of one row
   * @param chance what p begins with, 0 to 1
   */
  public DraftPace(int draftsMax, double rowCost, double chance) {
    if (draftsMax < 0 || !(rowCost >= 0) || !(chance >= 0 && chance <= 1)) {
      throw new IllegalArgumentException(
          "draftsMax %d, rowCost %s, chance %s: allowed: at least 0, at least 0, 0 to 1"
              .formatted(draftsMax, rowCost, chance));
    }
    this.draftsMax = draftsMax;
    this.rowCost = rowCost;
    this.chanceMin = Math.clamp((rowCost - LEARNT) / (1 - LEARNT) + 0.01, 0, 1);
    this.chance = chance;
  }

  /**
   * How many guesses are worth their time in the next step. Asked once for each step.
   *
   * @param others sequences that decode beside this one
   */
  public int next(int others) {
    if (rest > 0) {
      rest--;
      tries = rest == 0;
      return tries ? Math.min(1, draftsMax) : 0;
    }
    int best = 0;
    double rateMost = rate(others, 0, 1);
    double tokens = 1;
    double right = 1;
    for (int n = 1; n <= draftsMax; n++) {
      right *= chance;
      tokens += right;
      double rate = rate(others, n, tokens);
      if (rate <= rateMost) {
        break;
      }
      best = n;
      rateMost = rate;
    }
    if (best == 0) {
      rest = restNext;
    }
    return best;
  }

  private double rate(int others, int guesses, double tokens) {
    return (others + tokens) / (1 + rowCost * (others + guesses));
  }

  /**
   * A step has held {@code guessed} tokens against the model's and found the first {@code right} of
   * them right.
   */
  public void saw(int guessed, int right) {
    Invariant.check(right >= 0 && right <= guessed, "%d of %d guesses were right", right, guessed);
    for (int i = 0; i < right; i++) {
      chance += (1 - chance) * LEARNT;
    }
    if (right < guessed) {
      chance = Math.max(chanceMin, chance - chance * LEARNT);
    }
    if (right > 0) {
      restNext = REST_MIN;
    } else if (tries) {
      restNext = Math.min(2 * restNext, REST_MAX);
    }
    tries = false;
  }
}
