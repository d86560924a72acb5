package dev.tangram.fleet.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.cost.Validation.Score;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelCatalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Measurements of a made-up engine whose constants are known. */
class CalibrationPropertyTest {
  private static final ChipCatalogue CHIPS = ChipCatalogue.shipped();
  private static final ModelCatalogue MODELS = ModelCatalogue.shipped();
  private static final Constants TRUE = new Constants(0.82, 0.41, 0.3, 3, 20);

  private static List<Measurement> measure(
      String chip, Constants constants, double noise, int count, Random random) {
    List<Measurement> measurements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String model = i % 2 == 0 ? "Qwen3-8B" : "Qwen3-14B";
      Replica replica =
          new Replica(
              MODELS.find(model).orElseThrow(),
              CHIPS.find(chip).orElseThrow(),
              "fake-engine",
              Parallelism.tensor(1),
              WeightType.BF16,
              KvType.FP16);
      Load load =
          new Load(1 << random.nextInt(7), 100 + random.nextInt(4000), 100 + random.nextInt(900));
      double value =
          Roofline.of(replica).value(Metric.OUTPUT_TOKENS_PER_SECOND, constants, load)
              * Math.exp(noise * random.nextGaussian());
      measurements.add(
          new Measurement(replica, load, Metric.OUTPUT_TOKENS_PER_SECOND, value, "fake " + i));
    }
    return measurements;
  }

  @Test
  void constantsAreFoundAgain() {
    long seed = 7;
    System.out.println("seed=" + seed);
    List<Measurement> exact = measure("H100", TRUE, 0, 40, new Random(seed));
    Constants found = Calibration.of(exact).constants(exact.getFirst().replica());

    assertThat(found.bandwidthShare()).isCloseTo(0.82, within(0.03));
    assertThat(found.computeShare()).isCloseTo(0.41, within(0.03));
    assertThat(found.stepMillis()).isCloseTo(3, within(0.5));
    for (Measurement m : exact) {
      var forecast =
          (Forecast.Predicted) Calibration.of(exact).forecast(m.replica(), m.load(), m.metric());
      assertThat(forecast.value()).isCloseTo(m.value(), within(0.02 * m.value()));
      assertThat(forecast.evidence()).isInstanceOf(Evidence.CalibratedHere.class);
    }
  }

  @Test
  void intervalsHoldNineOfTen() {
    List<Validation.Trial> trials = new ArrayList<>();
    for (long seed = 1; seed <= 6; seed++) {
      System.out.println("seed=" + seed);
      Random random = new Random(seed);
      List<Measurement> known = measure("H100", TRUE, 0.08, 30, random);
      trials.addAll(Validation.trials(known, measure("H100", TRUE, 0.08, 200, random)));
    }
    Score score = Validation.score("six engines", trials);

    assertThat(score.coverage()).isBetween(0.85, 0.96);
    assertThat(score.width()).isBetween(1.1, 1.25);
  }

  @Test
  void anotherChipIsSaidToBeTransferred() {
    List<Measurement> known = measure("H100", TRUE, 0.02, 20, new Random(3));
    Measurement other = measure("H200", TRUE, 0, 1, new Random(4)).getFirst();
    var forecast =
        (Forecast.Predicted)
            Calibration.of(known).forecast(other.replica(), other.load(), other.metric());

    assertThat(forecast.evidence().words())
        .isEqualTo("transferred from fake-engine, dense on nvidia-h100-sxm (20 points)");
    assertThat(forecast.lower()).isLessThan(other.value());
    assertThat(forecast.upper()).isGreaterThan(other.value());
    assertThat(forecast.value()).isCloseTo(other.value(), within(0.05 * other.value()));
  }

  @Test
  void whatWasNotTriedIsLessSure() {
    List<Measurement> known = new ArrayList<>();
    for (Measurement m : measure("H100", TRUE, 0, 6, new Random(5))) {
      Load small = new Load(2, 500, 200);
      double value = Roofline.of(m.replica()).value(m.metric(), TRUE, small);
      known.add(new Measurement(m.replica(), small, m.metric(), value, m.label()));
    }
    Calibration calibration = Calibration.of(known);
    Replica replica = known.getFirst().replica();

    assertThat(width(calibration, replica, new Load(2, 500, 200))).isLessThan(1.2);
    assertThat(width(calibration, replica, new Load(64, 8000, 200)))
        .isGreaterThan(1.5 * width(calibration, replica, new Load(2, 500, 200)));
  }

  private static double width(Calibration calibration, Replica replica, Load load) {
    var forecast =
        (Forecast.Predicted) calibration.forecast(replica, load, Metric.OUTPUT_TOKENS_PER_SECOND);
    return forecast.upper() / forecast.lower();
  }

  @Test
  void theSameMeasurementsGiveTheSameForecast() {
    List<Measurement> known = measure("H100", TRUE, 0.05, 12, new Random(6));
    Measurement m = known.getFirst();

    assertThat(Calibration.of(known).forecast(m.replica(), m.load(), m.metric()))
        .isEqualTo(Calibration.of(known).forecast(m.replica(), m.load(), m.metric()));
  }
}
