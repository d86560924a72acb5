package dev.tangram.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The filters beside a full sort of everything. */
class CandidatesPropertyTest {
  private static final int VOCABULARY = 5_003;

  @Test
  void filtersKeepWhatAFullSortWouldKeep() {
    long seed = Long.getLong("tangram.seed", System.nanoTime());
    System.out.println(
        "CandidatesPropertyTest seed=" + seed + " (replay: -Dtangram.seed=" + seed + ")");
    Random random = new Random(seed);
    Candidates candidates = new Candidates(VOCABULARY);
    for (int round = 0; round < 200; round++) {
      float[] logits = logits(random);
      float top = logits[Logits.best(logits, 0, VOCABULARY)];
      float least = top - 30;
      List<Integer> sorted =
          IntStream.range(0, VOCABULARY)
              .filter(id -> logits[id] >= least)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer id) -> -weight(logits[id], top)))
              .toList();
      int k = 1 + random.nextInt(round % 3 == 0 ? VOCABULARY : 60);
      candidates.clear();
      candidates.add(logits, 0, least, top, 1);
      candidates.keepLikeliest(k);
      assertThat(kept(candidates)).isEqualTo(ascending(sorted, Math.min(k, sorted.size())));

      float p = random.nextFloat();
      candidates.clear();
      candidates.add(logits, 0, least, top, 1);
      candidates.keepMass(p);
      double[] mass = masses(sorted, logits, top);
      int count = candidates.size();
      double wanted = p * mass[mass.length - 1];
      assertThat(kept(candidates)).isEqualTo(ascending(sorted, count));
      assertThat(mass[count - 1]).isGreaterThan(wanted * (1 - 1e-12));
      assertThat(count == 1 ? 0 : mass[count - 2]).isLessThan(wanted * (1 + 1e-12));
    }
  }

  /** Sharp and flat distributions, and some in which many are equal. */
  private static float[] logits(Random random) {
    float[] logits = new float[VOCABULARY];
    float spread = (float) Math.exp(random.nextGaussian() * 2);
    boolean equals = random.nextInt(4) == 0;
    for (int id = 0; id < VOCABULARY; id++) {
      float logit = (float) random.nextGaussian() * spread;
      logits[id] = equals ? Math.round(logit) : logit;
    }
    return logits;
  }

  private static float weight(float logit, float top) {
    float[] one = {logit - top};
    Candidates.exponentials(one, 0, 1);
    return one[0];
  }

  private static int[] kept(Candidates candidates) {
    int[] ids = candidates.ids();
    Arrays.sort(ids);
    return ids;
  }

  private static int[] ascending(List<Integer> sorted, int count) {
    return sorted.stream().limit(count).mapToInt(Integer::intValue).sorted().toArray();
  }

  private static double[] masses(List<Integer> sorted, float[] logits, float top) {
    double[] masses = new double[sorted.size()];
    double sum = 0;
    for (int i = 0; i < masses.length; i++) {
      sum += weight(logits[sorted.get(i)], top);
      masses[i] = sum;
    }
    return masses;
  }

  @Test
  void exponentialsAreThoseOfTheLibrary() {
    float[] x = new float[40_001];
    for (int i = 0; i < x.length; i++) {
      x[i] = -i / 1000f;
    }
    float[] y = x.clone();
    Candidates.exponentials(y, 0, y.length);
    int different = 0;
    for (int i = 0; i < x.length; i++) {
      float expected = (float) Math.exp(x[i]);
      assertThat(Math.abs(y[i] - expected)).isLessThanOrEqualTo(Math.ulp(expected));
      different += y[i] == expected ? 0 : 1;
    }
    assertThat(y[0]).isEqualTo(1);
    assertThat(different).isLessThan(40);
  }
}
