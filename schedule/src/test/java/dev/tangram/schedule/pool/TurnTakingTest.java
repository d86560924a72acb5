package dev.tangram.schedule.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TurnTakingTest {
  private static final long MILLI = 1_000_000;
  private static final TurnTaking TURNS =
      new TurnTaking(10_000 * MILLI, 100 * MILLI, 1_000 * MILLI, 4_000 * MILLI);

  @Test
  void tokensAreDueOneByOneAfterTheFirst() {
    assertThat(TURNS.due(5, 0)).isEqualTo(10_000 * MILLI + 5);
    assertThat(TURNS.due(5, 3)).isEqualTo(10_300 * MILLI + 5);
    assertThat(TURNS.next(new long[] {7, 3, 3, 1}, 3)).isEqualTo(1);
    assertThat(TURNS.next(new long[] {}, 0)).isEqualTo(-1);
  }

  /** In a round of turns and switches each model makes what its readers read meanwhile. */
  @Test
  void aRoundMakesWhatARoundReads() {
    long[] steps = {10 * MILLI, 20 * MILLI};
    double round = 2 * 1_000.0 * MILLI;
    long[] turns = new long[2];
    for (int i = 0; i < 2; i++) {
      turns[i] = TURNS.turn(i, steps, 2);
      round += turns[i];
    }
    for (int i = 0; i < 2; i++) {
      double made = (double) turns[i] / steps[i];
      double read = round / (100 * MILLI);
      assertThat(made).isGreaterThanOrEqualTo(read * 0.999);
      assertThat(turns[i]).isLessThanOrEqualTo(4_000 * MILLI);
    }
  }

  @Test
  void tooManyModelsTakeTheLongestTurns() {
    long[] steps = new long[12];
    Arrays.fill(steps, 20 * MILLI);

    assertThat(TURNS.turn(3, steps, 12)).isEqualTo(4_000 * MILLI);
  }

  @Test
  void aSwitchThatCostsNothingMakesTurnsOfAStep() {
    TurnTaking free = new TurnTaking(MILLI, 100 * MILLI, 0, 4_000 * MILLI);

    assertThat(free.turn(0, new long[] {10 * MILLI, 10 * MILLI}, 2)).isEqualTo(10 * MILLI);
    assertThatThrownBy(() -> new TurnTaking(0, 1, 1, 1)).hasMessageContaining("ttftNanos 0");
  }
}
