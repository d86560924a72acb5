package dev.tangram.schedule.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** How far to guess ahead. */
class DraftPaceTest {
  private static final double ROW_COST = 0.4;

  /** Time of a text in steps of one row: a step with n guesses takes 1 + n ROW_COST. */
  private record Cost(int steps, int guesses, int tokens) {
    double againstPlain() {
      return (steps + guesses * ROW_COST) / tokens;
    }
  }

  private static Cost run(double chance, int tokens, int others, long seed) {
    Random random = new Random(seed);
    DraftPace pace = new DraftPace(8, ROW_COST, 0.5);
    int made = 0;
    int steps = 0;
    int guesses = 0;
    while (made < tokens) {
      int guessed = pace.next(others);
      int right = 0;
      while (right < guessed && random.nextDouble() < chance) {
        right++;
      }
      if (guessed > 0) {
        pace.saw(guessed, right);
      }
      made += 1 + right;
      guesses += guessed;
      steps++;
    }
    return new Cost(steps, guesses, made);
  }

  @Test
  void guessesThatAreNeverRightCostTwoPercentOfThreeHundredTokens() {
    assertThat(run(0, 300, 0, 1).againstPlain()).isBetween(1.0, 1.02);
    assertThat(run(0, 3000, 0, 1).againstPlain()).isBetween(1.0, 1.005);
  }

  @Test
  void guessesThatAreAlwaysRightCostHalf() {
    assertThat(run(1, 300, 0, 1).againstPlain()).isBetween(1 / 2.15, 1 / 2.0);
  }

  @Test
  void whateverTheChanceItIsNeverMuchSlower() {
    for (int percent = 0; percent <= 100; percent += 5) {
      double sum = 0;
      for (long seed = 1; seed <= 40; seed++) {
        sum += run(percent / 100.0, 500, 0, seed).againstPlain();
      }
      double mean = sum / 40;
      assertThat(mean).as("%d %% right", percent).isLessThan(percent < 45 ? 1.03 : 1.0);
    }
  }

  @Test
  void aFullBatchGuessesOnlyWhatIsAllButSure() {
    DraftPace pace = new DraftPace(8, ROW_COST, 0.5);
    assertThat(pace.next(15)).as("15 others use a row better").isZero();
    DraftPace sure = new DraftPace(8, ROW_COST, 0.5);
    for (int i = 0; i < 20; i++) {
      sure.saw(4, 4);
    }
    assertThat(sure.next(15)).isPositive();
  }

  @Test
  void whoWasRefusedRestsLongerEachTimeAndComesBackAfterOneSuccess() {
    DraftPace pace = new DraftPace(8, ROW_COST, 0.5);
    int guessed;
    while ((guessed = pace.next(0)) > 0) {
      pace.saw(guessed, 0);
    }
    for (int rest : new int[] {8, 16, 32, 64, 128, 128}) {
      // Of the first, one step has passed.
      int waited = 1;
      while (pace.next(0) == 0) {
        waited++;
      }
      pace.saw(1, 0);
      assertThat(pace.next(0)).isZero();
      assertThat(waited).isEqualTo(rest);
    }
    while (pace.next(0) == 0) {
      continue;
    }
    pace.saw(1, 1);
    assertThat(pace.next(0)).isEqualTo(1);
  }

  @Test
  void sameEventsSameDecisions() {
    assertThat(run(0.6, 1000, 3, 7)).isEqualTo(run(0.6, 1000, 3, 7));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> new DraftPace(-1, 0, 0)).hasMessageContaining("draftsMax -1");
    assertThatThrownBy(() -> new DraftPace(1, Double.NaN, 0)).hasMessageContaining("rowCost NaN");
    assertThatThrownBy(() -> new DraftPace(4, 1, 1).saw(2, 3)).hasMessageContaining("3 of 2");
  }
}
