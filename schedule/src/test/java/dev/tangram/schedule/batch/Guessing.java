package dev.tangram.schedule.batch;

import dev.tangram.schedule.Sequence;
import java.util.Random;

/**
 * Random guesses in a simulated engine, right and wrong ones, whose true tokens are a function of
 * their place.
 */
public final class Guessing {
  private Guessing() {}

  /** What the model says comes at a place. */
  public static int truth(Sequence sequence, int place) {
    return sequence.token(0) + place;
  }

  /** Proposes tokens to whoever decodes. */
  public static void propose(BatchScheduler scheduler, Random random) {
    for (Sequence sequence : scheduler.running()) {
      if (sequence.pending() == 1 && sequence.made() > 0 && random.nextInt(4) > 0) {
        int[] guesses = new int[random.nextInt(9)];
        for (int i = 0; i < guesses.length; i++) {
          int wrong = random.nextInt(6) == 0 ? 1 : 0;
          guesses[i] = truth(sequence, sequence.length() + i) + wrong;
        }
        sequence.propose(guesses, guesses.length);
      }
    }
  }

  /** What runs at a place of a sequence in this step: its token, or a guess. */
  public static int token(Sequence sequence, int place) {
    return place < sequence.length()
        ? sequence.token(place)
        : sequence.draft(place - sequence.length());
  }

  /** Appends what is drawn, guesses that were right included. True if the sequence ends with it. */
  public static boolean draw(StepPlan.Work work, Random random) {
    Sequence sequence = work.sequence();
    if (!work.samples()) {
      return false;
    }
    int right = 0;
    int length = sequence.length();
    while (right < work.drafts() && sequence.draft(right) == truth(sequence, length + right)) {
      right++;
    }
    // A stop string may end a text in the middle of what was right.
    boolean stops = right > 0 && random.nextInt(20) == 0;
    int drawn = stops ? 1 + random.nextInt(right) : 1 + right;
    for (int i = 0; i < drawn; i++) {
      sequence.append(truth(sequence, sequence.length()));
    }
    return stops || sequence.made() == sequence.tokensMax();
  }
}
