package dev.tangram.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.engine.SamplingOptions;
import dev.tangram.engine.TokenLogprob;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float[] LOGITS = {1.0f, 3.0f, 2.0f, -1.0f, 2.5f};

  private static SamplingOptions options(
      float temperature, int topK, float topP, float minP, long seed) {
    return new SamplingOptions(temperature, topK, topP, minP, 1, 0, 0, Map.of(), seed);
  }

  private static Set<Integer> drawn(SamplingOptions options) {
    Set<Integer> ids = new TreeSet<>();
    Sampler sampler = new Sampler(options, new int[] {0}, 5);
    for (int i = 0; i < 2_000; i++) {
      ids.add(sampler.draw(LOGITS.clone(), 0, 5, i));
    }
    return ids;
  }

  @Test
  void greedyTakesTheBestAndTheLowestIdOfEquals() {
    assertThat(new Sampler(SamplingOptions.GREEDY, new int[0], 5).draw(LOGITS.clone(), 0, 5, 0))
        .isEqualTo(1);
    assertThat(Logits.best(new float[] {9, 1, 2, 2, 0}, 1, 4)).isEqualTo(1);
  }

  @Test
  void filtersKeepWhatTheirNamesSay() {
    assertThat(drawn(options(1, 0, 1, 0, 5))).containsExactly(0, 1, 2, 3, 4);
    assertThat(drawn(options(1, 2, 1, 0, 5))).containsExactly(1, 4);
    // Shares: 1 has 0.47, 4 has 0.28, 2 has 0.17, 0 has 0.06, 3 has 0.01.
    assertThat(drawn(options(1, 0, 0.7f, 0, 5))).containsExactly(1, 4);
    assertThat(drawn(options(1, 0, 0.8f, 0, 5))).containsExactly(1, 2, 4);
    assertThat(drawn(options(1, 0, 1, 0.3f, 5))).containsExactly(1, 2, 4);
    assertThat(drawn(options(1, 0, 0.0001f, 0, 5))).containsExactly(1);
  }

  @Test
  void drawsFollowTheDistribution() {
    Sampler sampler = new Sampler(options(0.8f, 0, 1, 0, 42), new int[0], 5);
    int[] counts = new int[5];
    int draws = 50_000;
    for (int i = 0; i < draws; i++) {
      counts[sampler.draw(LOGITS.clone(), 0, 5, i)]++;
    }
    double sum = 0;
    for (float logit : LOGITS) {
      sum += Math.exp(logit / 0.8);
    }
    for (int id = 0; id < 5; id++) {
      assertThat((double) counts[id] / draws)
          .isCloseTo(Math.exp(LOGITS[id] / 0.8) / sum, within(0.01));
    }
  }

  @Test
  void theSameSeedDrawsTheSameAndAnotherDoesNot() {
    StringBuilder first = new StringBuilder();
    StringBuilder again = new StringBuilder();
    StringBuilder other = new StringBuilder();
    Sampler a = new Sampler(options(1, 0, 1, 0, 7), new int[0], 5);
    Sampler b = new Sampler(options(1, 0, 1, 0, 7), new int[0], 5);
    Sampler c = new Sampler(options(1, 0, 1, 0, 8), new int[0], 5);
    for (int i = 0; i < 100; i++) {
      first.append(a.draw(LOGITS.clone(), 0, 5, i));
      again.append(b.draw(LOGITS.clone(), 0, 5, i));
      other.append(c.draw(LOGITS.clone(), 0, 5, i));
    }
    assertThat(again).hasToString(first.toString());
    assertThat(other.toString()).isNotEqualTo(first.toString());
  }

  @Test
  void penaltiesAndBiasMoveTheLogits() {
    SamplingOptions bias = new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(3, 100f), 0);
    assertThat(new Sampler(bias, new int[0], 5).draw(LOGITS.clone(), 0, 5, 0)).isEqualTo(3);

    SamplingOptions presence = new SamplingOptions(0, 0, 1, 0, 1, 2, 0, Map.of(), 0);
    Sampler sampler = new Sampler(presence, new int[] {1}, 5);
    assertThat(sampler.draw(LOGITS.clone(), 0, 5, 0))
        .as("the prompt is not the output")
        .isEqualTo(1);
    assertThat(sampler.draw(LOGITS.clone(), 0, 5, 1)).isEqualTo(4);

    SamplingOptions repetition = new SamplingOptions(0, 0, 1, 0, 2, 0, 0, Map.of(), 0);
    assertThat(new Sampler(repetition, new int[] {1}, 5).draw(LOGITS.clone(), 0, 5, 0))
        .isEqualTo(4);

    SamplingOptions frequency = new SamplingOptions(0, 0, 1, 0, 1, 0, 0.3f, Map.of(), 0);
    Sampler often = new Sampler(frequency, new int[0], 5);
    assertThat(often.draw(LOGITS.clone(), 0, 5, 0)).isEqualTo(1);
    assertThat(often.draw(LOGITS.clone(), 0, 5, 1)).isEqualTo(1);
    assertThat(often.draw(LOGITS.clone(), 0, 5, 2)).isEqualTo(4);
  }

  @Test
  void logitsThatAreNoNumbersGiveNoToken() {
    float[] broken = LOGITS.clone();
    broken[2] = Float.NaN;
    assertThat(new Sampler(SamplingOptions.GREEDY, new int[0], 5).draw(broken.clone(), 0, 5, 0))
        .isEqualTo(-1);
    assertThat(new Sampler(options(1, 0, 1, 0, 1), new int[0], 5).draw(broken, 0, 5, 0))
        .isEqualTo(-1);
  }

  @Test
  void logprobsSumToOne() {
    TokenLogprob report = Logits.logprob(LOGITS, 0, 5, 2, 5);
    assertThat(report.top())
        .extracting(TokenLogprob.Alternative::id)
        .containsExactly(1, 4, 2, 0, 3);
    double sum = report.top().stream().mapToDouble(a -> Math.exp(a.logprob())).sum();
    assertThat(sum).isCloseTo(1, within(1e-6));
    assertThat(report.logprob()).isEqualTo(report.top().get(2).logprob());
  }
}
