package dev.tangram.fleet.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.cost.Validation.Score;
import dev.tangram.fleet.cost.Validation.Trial;
import dev.tangram.fleet.file.CsvTable;
import dev.tangram.fleet.model.ModelCatalogue;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The cost model against published throughput figures that it was not calibrated on. */
class PublishedPointsTest {
  private static final long SEED = 42;

  private static List<Measurement> points;

  @BeforeAll
  static void read() throws Exception {
    Path file = Path.of(PublishedPointsTest.class.getResource("/points/throughput.csv").toURI());
    Points all =
        new PointsReader(ChipCatalogue.shipped(), ModelCatalogue.shipped())
            .read(CsvTable.read(file));
    assertThat(all.skipped()).isEmpty();
    assertThat(all.measurements()).hasSize(66);
    // Bursts of 1,000 requests are no steady load: they need the simulator.
    points =
        all.measurements().stream()
            .filter(m -> !m.replica().engine().startsWith("GPUStack"))
            .toList();
  }

  private static Score print(String name, List<Trial> trials) {
    Score score = Validation.score(name, trials);
    System.out.printf(
        Locale.ROOT,
        "%-45s %4d  median %5.1f %%  p90 %5.1f %%  covered %3.0f %%  width x%.2f%n",
        score.name(),
        score.count(),
        100 * score.medianError(),
        100 * score.error90(),
        100 * score.coverage(),
        score.width());
    return score;
  }

  @Test
  void halfOfTheMeasurementsTellTheOtherHalf() {
    System.out.println("seed=" + SEED);
    List<Trial> trials = Validation.halves(points, 10, SEED);
    Score score = print("half to half", trials);
    var names = new TreeSet<String>();
    trials.forEach(t -> names.add(t.measurement().setting().toString()));
    for (String name : names) {
      print(
          "  " + name,
          trials.stream().filter(t -> t.measurement().setting().toString().equals(name)).toList());
    }

    assertThat(score.medianError()).isLessThan(0.055);
    assertThat(score.coverage()).isGreaterThan(0.85);
  }

  @Test
  void oneChipTellsAnother() {
    Score score = print("across chips", Validation.acrossChips(points));

    assertThat(score.medianError()).isLessThan(0.10);
    assertThat(score.coverage()).isGreaterThan(0.85);
  }

  @Test
  void oneModelTellsAnother() {
    Score score = print("across models", Validation.acrossModels(points));

    assertThat(score.medianError()).isLessThan(0.10);
    assertThat(score.coverage()).isGreaterThan(0.85);
  }

  @Test
  void whatTransfersBadlySaysSo() {
    List<Trial> trials = Validation.acrossEngines(points);
    Score score = print("across engines", trials);
    print("nothing calibrated", Validation.trials(List.of(), points));

    assertThat(score.coverage()).isGreaterThan(0.8);
    assertThat(trials)
        .extracting(t -> t.forecast().evidence())
        .noneMatch(Evidence.CalibratedHere.class::isInstance);
  }
}
