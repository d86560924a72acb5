package dev.tangram.fleet.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelCatalogue;
import dev.tangram.fleet.model.ModelShape;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RooflineTest {
  private static final ChipCatalogue CHIPS = ChipCatalogue.shipped();
  private static final ModelCatalogue MODELS = ModelCatalogue.shipped();

  /** Everything at its peak and nothing besides. */
  private static final Constants PERFECT = new Constants(1, 1, 1, 0, 0);

  private static Replica replica(String model, String chip, Parallelism parallelism) {
    return new Replica(
        MODELS.find(model).orElseThrow(),
        CHIPS.find(chip).orElseThrow(),
        "an engine",
        parallelism,
        WeightType.BF16,
        KvType.FP16);
  }

  private static Forecast uncalibrated(Replica replica, Load load, Metric metric) {
    return Calibration.of(List.of()).forecast(replica, load, metric);
  }

  private static Roofline roofline(String model, String chip, Parallelism parallelism) {
    return Roofline.of(replica(model, chip, parallelism));
  }

  @Test
  void oneSequenceReadsTheWeights() {
    ModelShape llama = MODELS.find("Llama-3.1-8B").orElseThrow();
    double read = 2.0 * (llama.sharedWeights() + llama.headWeights());

    assertThat(roofline("Llama-3.1-8B", "H100", Parallelism.tensor(1)).decodeSeconds(PERFECT, 1, 0))
        .isCloseTo(read / 3350e9, Percentage.withPercentage(0.1));
  }

  @Test
  void contextAddsItsKeysAndValues() {
    Roofline llama = roofline("Llama-3.1-8B", "H100", Parallelism.tensor(1));
    double added = llama.decodeSeconds(PERFECT, 10, 3000) - llama.decodeSeconds(PERFECT, 10, 1000);

    // 131,072 bytes a token.
    assertThat(added).isCloseTo(10.0 * 2000 * 131_072 / 3350e9, within(1e-9));
  }

  @Test
  void aHybridMovesItsStateBothWays() {
    Roofline next = roofline("Qwen3-Next-80B-A3B", "H200", Parallelism.tensor(2));
    ModelShape shape = MODELS.find("Qwen3-Next-80B-A3B").orElseThrow();
    double before = next.decodeSeconds(PERFECT, 1e6, 0);
    double after = next.decodeSeconds(PERFECT, 1e6 + 100, 0);
    double state = 100 * 2.0 * shape.stateBytes() / 2 / 4800e9;

    // Among so many sequences every expert is read anyway; what is added is products and states.
    assertThat(after - before).isGreaterThan(state).isLessThan(3 * state);
  }

  @Test
  void promptsAreBoundByCompute() {
    ModelShape llama = MODELS.find("Llama-3.3-70B").orElseThrow();
    double seconds =
        roofline("Llama-3.3-70B", "H200", Parallelism.tensor(1)).prefillSeconds(PERFECT, 1000, 2);

    assertThat(seconds)
        .isCloseTo(2.0 * 1000 * llama.sharedWeights() / 989e12, Percentage.withPercentage(0.1));
  }

  @Test
  void longPromptsCostTheSquareOfTheirLength() {
    Roofline llama = roofline("Llama-3.1-8B", "H100", Parallelism.tensor(1));
    double n = 100_000;
    double attention = llama.prefillSeconds(PERFECT, n, n) - llama.prefillSeconds(PERFECT, n, 0);

    // 2 L H S N^2 operations.
    assertThat(attention)
        .isCloseTo(2 * 32 * 32 * 128 * n * n / 989e12, Percentage.withPercentage(0.1));
  }

  @Test
  void moreChipsThanKvHeadsHoldCopies() {
    Load load = new Load(Load.AS_MANY_AS_FIT, 8000, 2000);
    double four = roofline("Qwen3-30B-A3B", "H200", Parallelism.tensor(4)).capacity(load);
    double eight = roofline("Qwen3-30B-A3B", "H200", Parallelism.tensor(8)).capacity(load);

    // Twice the chips, but each still holds a whole kv head: only the weights make room.
    assertThat(eight).isBetween(four, 1.2 * four);
  }

  @Test
  void expertsOverChipsReadTheirShare() {
    Replica alone = replica("Qwen3-30B-A3B", "H200", Parallelism.expert(8));
    double wide = Roofline.of(alone).decodeSeconds(PERFECT, 8, 100);
    double one =
        roofline("Qwen3-30B-A3B", "H200", Parallelism.tensor(1)).decodeSeconds(PERFECT, 8, 100);

    assertThat(wide).isLessThan(one);
    assertThat(Roofline.of(alone).heldBytes())
        .isGreaterThan(roofline("Qwen3-30B-A3B", "H200", Parallelism.tensor(8)).heldBytes());
  }

  @ParameterizedTest
  @CsvSource({
    "Llama-3.3-70B, H100, 4",
    "Qwen3-235B-A22B, H200, 8",
    "Qwen3-Next-80B-A3B, H100, 4",
    "gpt-oss-120b, H100, 8",
    "DeepSeek-V3, H200, 16"
  })
  void longerAndFullerIsSlowerButServesMore(String model, String chip, int chips) {
    Roofline roofline = roofline(model, chip, Parallelism.tensor(chips));
    Constants constants = new Constants(0.8, 0.5, 0.4, 1, 5);
    double step = 0;
    double rate = 0;
    for (int batch = 1; batch <= 1024; batch *= 2) {
      double next = roofline.decodeSeconds(constants, batch, 1000);
      assertThat(next).isGreaterThan(step);
      assertThat(batch / next).isGreaterThan(rate);
      assertThat(roofline.decodeSeconds(constants, batch, 2000)).isGreaterThan(next);
      step = next;
      rate = batch / next;
    }
  }

  @Test
  void whatIsUnknownIsNamed() {
    Forecast forecast =
        uncalibrated(
            replica("Qwen3-8B", "PPU", Parallelism.tensor(2)),
            new Load(1, 100, 100),
            Metric.TPOT_MILLIS);

    assertThat(forecast)
        .isEqualTo(
            new Forecast.FiguresMissing(
                List.of("thead-zhenwu-810e bandwidth", "thead-zhenwu-810e dense.fp16")));
  }

  @Test
  void whatDoesNotFitSaysByHowMuch() {
    Forecast forecast =
        uncalibrated(
            replica("DeepSeek-V3", "H100", Parallelism.tensor(8)),
            new Load(1, 100, 100),
            Metric.TPOT_MILLIS);

    assertThat(forecast)
        .isInstanceOfSatisfying(
            Forecast.DoesNotFit.class,
            no -> {
              assertThat(no.gigabytesNeeded()).isBetween(165.0, 172.0);
              assertThat(no.gigabytesUsable()).isCloseTo(72, within(1e-9));
            });
  }

  @Test
  void nothingMeasuredIsSaid() {
    Forecast forecast =
        uncalibrated(
            replica("Qwen3-8B", "H100", Parallelism.tensor(1)),
            new Load(8, 1000, 200),
            Metric.OUTPUT_TOKENS_PER_SECOND);

    assertThat(forecast)
        .isInstanceOfSatisfying(
            Forecast.Predicted.class,
            p -> {
              assertThat(p.evidence().words()).isEqualTo("uncalibrated");
              assertThat(p.lower()).isLessThan(p.value() / 1.2);
              assertThat(p.upper()).isGreaterThan(p.value() * 1.2);
            });
  }

  @Test
  void aLoadWithoutAnswersHasNoAnswerRate() {
    Replica replica = replica("Qwen3-8B", "H100", Parallelism.tensor(1));

    assertThatThrownBy(
            () -> uncalibrated(replica, new Load(1, 100, 0), Metric.OUTPUT_TOKENS_PER_SECOND))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
