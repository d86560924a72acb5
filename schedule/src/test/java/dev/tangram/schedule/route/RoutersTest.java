package dev.tangram.schedule.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoutersTest {
  private static final int STRETCH = 512;
  private static final long CACHE = 100L * STRETCH;
  private static final int[] NOTHING = {};
  private static final int[] TALK = {1, 2, 3, 4};
  private static final FakeReplica DOWN = new FakeReplica(false, 0, 0);
  private static final List<FakeReplica> SECOND_IS_IDLE = List.of(up(1, 1), up(0, 0));

  private record FakeReplica(boolean accepts, int requests, long promptTokensAhead)
      implements ReplicaLoad {}

  private static FakeReplica up(int requests, long ahead) {
    return new FakeReplica(true, requests, ahead);
  }

  private static int send(Router router, List<FakeReplica> replicas, int... prefix) {
    return router.choose(replicas, prefix.length * STRETCH, prefix, STRETCH);
  }

  @Test
  void theLeastLoadedIsChosen() {
    LeastLoaded router = new LeastLoaded();

    assertThat(router.choose(List.of(up(3, 0), up(2, 900), up(2, 100), DOWN), 10, NOTHING, 1))
        .isEqualTo(2);
    assertThat(router.choose(List.of(up(1, 5), up(1, 5)), 10, NOTHING, 1)).isZero();
    assertThat(router.choose(List.of(DOWN, DOWN), 10, NOTHING, 1)).isEqualTo(Router.NONE);
  }

  @Test
  void roundRobinPassesOverWhoIsDown() {
    RoundRobin router = new RoundRobin();
    List<FakeReplica> replicas = List.of(up(9, 9), DOWN, up(0, 0));

    assertThat(send(router, replicas, TALK)).isZero();
    assertThat(send(router, replicas, TALK)).isEqualTo(2);
    assertThat(send(router, replicas, TALK)).isZero();
    assertThat(send(router, List.of(DOWN, DOWN), TALK)).isEqualTo(Router.NONE);
    assertThat(send(router, List.of(), TALK)).isEqualTo(Router.NONE);
  }

  @Test
  void aMatchMustBeMoreThanItsShareOfThePrompt() {
    MatchThreshold router = new MatchThreshold(0.5, 4, 1.5, CACHE);
    // Nothing is known: the first of the empty caches, then the other.
    assertThat(send(router, SECOND_IS_IDLE, 1, 2)).isZero();

    assertThat(send(router, SECOND_IS_IDLE, 1, 2, 3)).isZero();
    assertThat(send(router, SECOND_IS_IDLE, 1, 2, 7, 8)).isEqualTo(1);
  }

  @Test
  void unevenRequestsBeatAMatchOnlyByBothMeasures() {
    MatchThreshold router = new MatchThreshold(0.5, 4, 1.5, CACHE);
    send(router, List.of(up(0, 0), up(0, 0)), TALK);

    assertThat(send(router, List.of(up(4, 0), up(0, 0)), TALK)).isZero();
    assertThat(send(router, List.of(up(25, 0), up(20, 0)), TALK)).isZero();
    assertThat(send(router, List.of(up(5, 0), up(0, 0)), TALK)).isEqualTo(1);
  }

  @Test
  void exploitingTakesTheLeastLoadedOfThoseThatKnowMost() {
    ExploitOrExplore router = new ExploitOrExplore(100, CACHE);
    send(router, List.of(up(0, 0), DOWN, DOWN), TALK);
    send(router, List.of(DOWN, up(0, 0), DOWN), TALK);

    assertThat(send(router, List.of(up(9, 0), up(8, 0), up(0, 0)), TALK)).isEqualTo(1);
    // Half of this one is cached, which is not more than is not.
    assertThat(send(router, List.of(up(90, 0), up(80, 0), up(0, 0)), 1, 2, 8, 9)).isEqualTo(2);
  }

  @Test
  void exploringCountsWhatIsDrivenOut() {
    ExploitOrExplore router = new ExploitOrExplore(0, 4L * STRETCH);
    send(router, List.of(up(0, 0), DOWN), TALK);

    // 2,048 tokens of the first one's cache would go.
    assertThat(send(router, List.of(up(0, 0), up(0, 2_047)), 5, 6, 7, 8)).isEqualTo(1);
  }

  @Test
  void theFirstTokenIsSoonestWhereLineAndUnreadTokensAreFewest() {
    ExpectedCost router = ExpectedCost.firstTokenSoonest(CACHE);
    send(router, SECOND_IS_IDLE, TALK);

    assertThat(send(router, List.of(up(0, 0), up(50, 2_047)), TALK)).isEqualTo(1);
    assertThat(send(router, List.of(up(0, 0), up(50, 2_049)), TALK)).isZero();
  }

  @Test
  void weightAndPriceMoveTheBalance() {
    ExpectedCost keen = new ExpectedCost(2, 0, CACHE);
    send(keen, SECOND_IS_IDLE, TALK);
    assertThat(send(keen, List.of(up(0, 0), up(0, 4_095)), TALK)).isEqualTo(1);

    ExpectedCost sparing = new ExpectedCost(1, 1_000, CACHE);
    send(sparing, SECOND_IS_IDLE, TALK);
    assertThat(send(sparing, List.of(up(0, 0), up(3, 0)), TALK)).isZero();
  }

  @Test
  void aPrefixIsKnownWhereverItWasRead() {
    ExpectedCost router = new ExpectedCost(1, 0, CACHE);
    send(router, List.of(up(0, 0), DOWN, DOWN), TALK);
    send(router, List.of(DOWN, up(0, 0), DOWN), TALK);

    assertThat(send(router, List.of(up(0, 9), up(0, 5), up(0, 0)), TALK)).isEqualTo(1);
    assertThat(send(router, List.of(up(0, 5), up(0, 9), up(0, 0)), TALK)).isZero();
  }

  @Test
  void aFullCacheDropsTheEndOfWhatWasUsedLongestAgo() {
    StretchMemory memory = new StretchMemory();
    memory.read(TALK, 6);
    memory.read(new int[] {1, 7, 8, 9}, 6);

    assertThat(memory.size()).isEqualTo(6);
    assertThat(memory.matched(new int[] {1, 7, 8, 9})).isEqualTo(4);
    // Of 1, 2, 3, 4 the end went; 1 is shared.
    assertThat(memory.matched(TALK)).isEqualTo(3);
    assertThat(memory.matched(NOTHING)).isZero();
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new ExpectedCost(-1, 0, 1))
        .hasMessage("readWeight -1.0, requestTokens 0: allowed: 0 to 1000000, 0 or more");
    assertThatThrownBy(() -> new ExpectedCost(1, 0, 0))
        .hasMessage("cacheTokens: found 0, allowed: 1 or more");
    assertThatThrownBy(() -> new ExploitOrExplore(-1, 1))
        .hasMessage("requestTokens: found -1, allowed: 0 or more");
    assertThatThrownBy(() -> new MatchThreshold(2, 0, 1, 1))
        .hasMessage("shareMin 2.0, moreBy 0, moreTimes 1.0: allowed: 0 to 1, 0 or more, 1 or more");
  }

  @Test
  void aReplicaThatIsDownIsPassedOverWhateverItHolds() {
    ExpectedCost router = ExpectedCost.tuned(CACHE);
    send(router, SECOND_IS_IDLE, TALK);

    assertThat(send(router, List.of(up(9, 0), DOWN), TALK)).isZero();
    assertThat(send(router, List.of(DOWN, DOWN), TALK)).isEqualTo(Router.NONE);
  }

  @Test
  void requestsThatOnlyDecodeCountToo() {
    ExpectedCost router = ExpectedCost.tuned(CACHE);

    assertThat(send(router, List.of(up(2, 0), up(1, 0)), 7)).isEqualTo(1);
  }
}
