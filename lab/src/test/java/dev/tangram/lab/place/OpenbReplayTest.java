package dev.tangram.lab.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.schedule.place.DemandMix;
import dev.tangram.schedule.place.FragmentationGradient;
import dev.tangram.schedule.place.StrandingGradient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One seed of the published experiment; all ten are {@code lab/run openb}. */
class OpenbReplayTest {
  private static final long SEED = 42;

  @Test
  void goDrawsWhatGoDraws() {
    GoRandom random = new GoRandom(42);
    assertThat(random.int63()).isEqualTo(3440579354231278675L);
    assertThat(random.int63()).isEqualTo(608747136543856411L);
    assertThat(random.intn(8152)).isEqualTo(4996);
    assertThat(random.intn(1024)).isEqualTo(574);
    assertThat(random.permutation(6)).containsExactly(3, 5, 0, 4, 2, 1);
    int[] values = {0, 1, 2, 3, 4, 5, 6, 7};
    random.shuffle(values);
    assertThat(values).containsExactly(4, 3, 6, 7, 0, 2, 1, 5);
  }

  @Test
  void arrivalsWantThirtyPercentMoreThanThereIs() throws IOException {
    Openb trace = Openb.read("default");
    assertThat(trace.nodes()).hasSize(1213);
    assertThat(trace.pods()).hasSize(8152);
    Openb.Arrivals arrivals = trace.arrivals(SEED, 130);
    long milli = arrivals.pods().stream().mapToLong(pod -> pod.demand().milli()).sum();
    assertThat(milli / (double) trace.milliInAll()).isCloseTo(1.3, within(0.002));
    assertThat(arrivals.pods().subList(0, 8152)).containsExactlyInAnyOrderElementsOf(trace.pods());
    assertThat(arrivals.nodes()).containsExactlyInAnyOrderElementsOf(trace.nodes());
  }

  @Test
  void fgdIsWhereItsAuthorsHaveItAndOursIsAPointAbove() throws IOException {
    for (String name : List.of("default", "gpuspec10")) {
      Openb trace = Openb.read(name);
      double published = name.equals("default") ? 95.39 : 94.95;
      OpenbReplay.Outcome fgd =
          OpenbReplay.replay(
              trace,
              SEED,
              (t, ledger) ->
                  new FragmentationGradient(
                      DemandMix.of(t.demandsWithoutMemory()).most(0.95), ledger));
      OpenbReplay.Outcome all =
          OpenbReplay.replay(trace, SEED, (t, ledger) -> new StrandingGradient(t.mix(), ledger, 0));
      OpenbReplay.Outcome ours =
          OpenbReplay.replay(
              trace,
              SEED,
              (t, ledger) -> new StrandingGradient(t.mix(), ledger, OpenbReplay.RESERVE));

      assertThat(fgd.percentTaken()).as(name).isCloseTo(published, within(0.4));
      assertThat(all.percentTaken()).as(name).isGreaterThan(fgd.percentTaken() + 0.3);
      assertThat(all.kept()).isZero();
      assertThat(ours.percentTaken()).as(name).isGreaterThan(fgd.percentTaken() + 1);
      assertThat(ours.placed()).as("pods, not only chips").isGreaterThan(fgd.placed());
    }
  }
}
