package dev.tangram.schedule.pool;

import static dev.tangram.schedule.pool.GroupSwitching.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GroupSwitchingTest {
  @Test
  void theModelWhoseFirstRequestWaitedLongestIsNext() {
    GroupSwitching pool = new GroupSwitching(3, 4);
    pool.offer(2, 20);
    pool.offer(0, 21);
    pool.offer(2, 22);

    assertThat(pool.next()).isEqualTo(2);
    assertThat(pool.take(2, 0)).isEqualTo(20);
    assertThat(pool.next()).isZero();
    assertThat(pool.waiting()).isEqualTo(2);
  }

  @Test
  void aGroupIsClosedOnlyWhileOthersWait() {
    GroupSwitching pool = new GroupSwitching(2, 2);
    for (int i = 0; i < 4; i++) {
      pool.offer(0, i);
    }
    assertThat(pool.take(0, 0)).isZero();
    assertThat(pool.take(0, 1)).isEqualTo(1);
    assertThat(pool.take(0, 2)).isEqualTo(2);
    pool.offer(1, 10);

    assertThat(pool.take(0, 3)).isEqualTo(NONE);
    assertThat(pool.take(0, 1)).isEqualTo(3);
  }

  @Test
  void whereNobodyWaitsNothingIsNext() {
    GroupSwitching pool = new GroupSwitching(2, 1);

    assertThat(pool.next()).isEqualTo(NONE);
    assertThat(pool.take(1, 0)).isEqualTo(NONE);
    assertThatThrownBy(() -> new GroupSwitching(0, 1))
        .hasMessage("models 0, groupMax 1: each must be at least 1");
  }
}
