package dev.tangram.schedule.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final int[] NOTHING = {};

  private record FakeReplica(boolean accepts, int requests, long promptTokensAhead)
      implements ReplicaLoad {}

  private static FakeReplica up(int requests, long ahead) {
    return new FakeReplica(true, requests, ahead);
  }

  private static final FakeReplica DOWN = new FakeReplica(false, 0, 0);

  @Test
  void theLeastLoadedIsChosen() {
    LeastLoaded router = new LeastLoaded();

    assertThat(router.choose(List.of(up(3, 0), up(2, 900), up(2, 100), DOWN), 10, NOTHING, 1))
        .isEqualTo(2);
    assertThat(router.choose(List.of(up(1, 5), up(1, 5)), 10, NOTHING, 1)).isZero();
    assertThat(router.choose(List.of(DOWN, DOWN), 10, NOTHING, 1)).isEqualTo(Router.NONE);
  }

  @Test
  void aPrefixDrawsUntilTheLineCostsMoreThanReadingAnew() {
    PrefixAffinity router = new PrefixAffinity(100, 1_000);
    int[] prefix = {7, 8, 9, 10};
    List<FakeReplica> second = List.of(up(1, 0), up(0, 0));
    assertThat(router.choose(second, 2_048, prefix, 512)).isEqualTo(1);

    assertThat(router.choose(List.of(up(0, 0), up(5, 0)), 2_500, prefix, 512)).isEqualTo(1);
    assertThat(router.choose(List.of(up(0, 0), up(5, 4_000)), 2_500, prefix, 512)).isZero();
  }

  @Test
  void whatNobodyReadDrawsNowhere() {
    PrefixAffinity router = new PrefixAffinity(100, 1_000);
    router.choose(List.of(up(1, 0), up(0, 0)), 1_024, new int[] {1, 2}, 512);

    assertThat(router.choose(List.of(up(0, 0), up(1, 0)), 1_024, new int[] {3, 4}, 512)).isZero();
  }

  @Test
  void whatWasLongAgoIsForgotten() {
    PrefixAffinity router = new PrefixAffinity(1, 2);
    router.choose(List.of(up(1, 0), up(0, 0)), 1_024, new int[] {1, 2}, 512);
    router.choose(List.of(up(0, 0), up(1, 0)), 1_024, new int[] {3, 4}, 512);

    assertThat(router.choose(List.of(up(0, 0), up(1, 0)), 1_024, new int[] {1, 2}, 512)).isZero();
  }

  @Test
  void aReplicaThatIsDownIsPassedOverWhateverItHolds() {
    PrefixAffinity router = new PrefixAffinity(1, 100);
    router.choose(List.of(up(1, 0), up(0, 0)), 1_024, new int[] {1, 2}, 512);

    assertThat(router.choose(List.of(up(9, 0), DOWN), 1_024, new int[] {1, 2}, 512)).isZero();
    assertThatThrownBy(() -> new PrefixAffinity(-1, 1))
        .hasMessage("requestTokens -1, stretchesMax 1: allowed: 0 or more, 1 or more");
  }
}
