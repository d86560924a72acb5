package dev.tangram.fleet.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.file.CsvTable;
import dev.tangram.fleet.file.FleetFormatException;
import dev.tangram.fleet.model.ModelCatalogue;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointsReaderTest {
  private static final String HEAD =
      "source,model,chip,tp,isl,osl,concurrency,weight_bytes,kv_bytes,output_tok_s_system\n";
  private static final String ROW = "vLLM,Qwen3-8B,H100,1,100,200,8,2,2,500";

  private final PointsReader reader =
      new PointsReader(ChipCatalogue.shipped(), ModelCatalogue.shipped());

  @Test
  void whatTheModelDoesNotCoverIsSkippedWithAReason() throws Exception {
    Path file = Path.of(getClass().getResource("/points/other_chips.csv").toURI());
    Points points = reader.read(CsvTable.read(file));

    assertThat(points.measurements().size() + points.skipped().size()).isEqualTo(35);
    assertThat(points.skipped())
        .extracting(Points.Skipped::reason)
        .contains(
            "chip B200 is not in the catalogue",
            "speculative decoding is not modelled",
            "no steady load: concurrency \"1000 burst\"");
  }

  @Test
  void figuresOfPartsBecomeFiguresOfTheReplica() throws Exception {
    Path file = Path.of(getClass().getResource("/points/other_chips.csv").toURI());
    var points = reader.read(CsvTable.read(file)).measurements();

    assertThat(points)
        .filteredOn(m -> m.label().startsWith("DeepSeek profile-data"))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.replica().parallelism()).isEqualTo(Parallelism.expert(32));
              assertThat(m.metric()).isEqualTo(Metric.PREFILL_TOKENS_PER_SECOND);
              assertThat(m.value()).isCloseTo(7839 * 32.0, within(1e-6));
            });
    assertThat(points)
        .filteredOn(m -> m.metric() == Metric.TTFT_MILLIS)
        .singleElement()
        .satisfies(m -> assertThat(m.value()).isCloseTo(20_400, within(1e-6)));
  }

  @Test
  void aRowIsAReplicaUnderALoad() {
    Measurement m = reader.read(CsvTable.read("p.csv", HEAD + ROW)).measurements().getFirst();

    assertThat(m.load()).isEqualTo(new Load(8, 100, 200));
    assertThat(m.replica().weights()).isEqualTo(WeightType.BF16);
    assertThat(m.label()).isEqualTo("vLLM Qwen3-8B H100, line 2");
  }

  @Test
  void aSpreadsheetWritesItsNumbersItsWay() {
    String row = "vLLM,Qwen3-8B,H100,1.0,100.0,200.0,8.0,2.0,2.0,500";

    Measurement plain = reader.read(CsvTable.read("p.csv", HEAD + ROW)).measurements().getFirst();
    assertThat(reader.read(CsvTable.read("p.csv", HEAD + row)).measurements())
        .containsExactly(plain);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "H100,1, | H100,0, | tp",
        "H100,1, | H100,many, | tp",
        ",100,200, | ,-100,200, | isl",
        ",100,200, | ,100,0, | osl",
        ",200,8, | ,200,few, | concurrency",
        ",200,8, | ,200,0, | concurrency",
        ",2,2,500 | ,3,2,500 | weight_bytes",
        ",2,2,500 | ,2,3,500 | kv_bytes",
        ",2,2,500 | ,2,2,-5 | output_tok_s_system",
        ",2,2,500 | ,2,2,NaN | output_tok_s_system",
        "vLLM, | , | source"
      })
  void whatIsWrongIsSaidWithItsPlace(String right, String wrong, String column) {
    assertThatThrownBy(
            () ->
                reader.read(CsvTable.read("p.csv", HEAD + ROW + "\n" + ROW.replace(right, wrong))))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageStartingWith("p.csv, line 3: " + column + ": found ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Qwen3-8B | Qwen9-8B | model Qwen9-8B is not in the catalogue",
        "H100 | PPU | unknown: thead-zhenwu-810e bandwidth, thead-zhenwu-810e dense.fp16",
        "Qwen3-8B | Llama-3.1-405B | does not fit: 812 GB a chip, usable 72 GB"
      })
  void rowsBeyondTheModelAreSkipped(String right, String wrong, String reason) {
    Points points = reader.read(CsvTable.read("p.csv", HEAD + ROW.replace(right, wrong)));

    assertThat(points.measurements()).isEmpty();
    assertThat(points.skipped()).containsExactly(new Points.Skipped(2, reason));
  }

  @Test
  void aMissingColumnIsNamed() {
    assertThatThrownBy(() -> reader.read(CsvTable.read("p.csv", "source,model\nx,y\n")))
        .hasMessageStartingWith("p.csv, line 1: chip: found no such column");
  }
}
