package dev.tangram.fleet.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.fleet.chip.Figure.Known;
import dev.tangram.fleet.chip.ImportStatus.Rule;
import dev.tangram.fleet.file.FleetFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChipCatalogueTest {
  private static final String OWN =
      """
      chips:
        my-chip:
          name: My chip
          vendor: Me
          origin: DE
          memory: 48 GB
          bandwidth: 1.2 TB/s
          dense: {fp16: 100 TFLOPS}
          link: none
          power: unknown
      """;

  private final ChipCatalogue shipped = ChipCatalogue.shipped();

  @ParameterizedTest
  @CsvSource({
    "H20, nvidia-h20-96g, 96, 4000, 148, 296, 900, 400",
    "H200, nvidia-h200-sxm, 141, 4800, 989, 1979, 900, 700",
    "Ascend 910B3, huawei-ascend-910b, 64, 1600, 313, 0, 392, 400",
    "MTT S4000, moorethreads-s4000, 48, 768, 100, 0, 240, 450",
    "MI300X, amd-mi300x, 192, 5300, 1307, 2615, 896, 750"
  })
  void figuresOfTheVendors(
      String name,
      String id,
      double memory,
      double bandwidth,
      double fp16,
      double fp8,
      double link,
      double power) {
    Chip chip = shipped.find(name).orElseThrow();

    assertThat(chip.id()).isEqualTo(id);
    assertThat(chip.memoryGigabytes()).isEqualTo(new Known(memory));
    assertThat(chip.bandwidthGigabytesPerSecond()).isEqualTo(new Known(bandwidth));
    assertThat(chip.dense(Precision.FP16)).isEqualTo(new Known(fp16));
    assertThat(chip.dense(Precision.FP8)).isEqualTo(fp8 == 0 ? Figure.ABSENT : new Known(fp8));
    assertThat(chip.linkGigabytesPerSecond()).isEqualTo(new Known(link));
    assertThat(chip.powerWatts()).isEqualTo(new Known(power));
  }

  @Test
  void whatNobodyPublishedIsUnknown() {
    Chip ppu = shipped.find("PPU").orElseThrow();

    assertThat(ppu.dense(Precision.FP16)).isEqualTo(Figure.UNKNOWN);
    assertThat(ppu.bandwidthGigabytesPerSecond()).isEqualTo(Figure.UNKNOWN);
    assertThat(ppu.memoryGigabytes().value().orElseThrow()).isBetween(103.0, 103.1);
    assertThat(ppu.notes().toString()).contains("118.7");
  }

  @Test
  void everyReportHasItsDateAndSource() {
    assertThat(shipped.chips()).hasSizeGreaterThanOrEqualTo(25);
    assertThat(shipped.chips())
        .flatExtracting(Chip::status)
        .hasSizeGreaterThan(10)
        .allSatisfy(status -> assertThat(status.source()).isNotBlank());
    assertThat(shipped.find("h20").orElseThrow().latestStatus().orElseThrow())
        .returns(Rule.WARNED, ImportStatus::rule)
        .returns("2025-09-17", ImportStatus::asOf);
  }

  @Test
  void usersAddChips() {
    Chip mine = shipped.with("own.yaml", OWN).find("my chip").orElseThrow();

    assertThat(mine.bandwidthGigabytesPerSecond()).isEqualTo(new Known(1200));
    assertThat(mine.dense(Precision.FP8)).isEqualTo(Figure.UNKNOWN);
    assertThat(mine.linkGigabytesPerSecond()).isEqualTo(Figure.ABSENT);
    assertThat(shipped.find("my chip")).isEmpty();
  }

  @Test
  void usersChangeSingleFields() {
    String own =
        """
        chips:
          thead-zhenwu-810e:
            bandwidth: 2700 GB/s
            dense: {fp16: 123 TFLOPS}
        """;
    Chip ppu = shipped.with("own.yaml", own).find("PPU").orElseThrow();

    assertThat(ppu.bandwidthGigabytesPerSecond()).isEqualTo(new Known(2700));
    assertThat(ppu.dense(Precision.FP16)).isEqualTo(new Known(123));
    assertThat(ppu.dense(Precision.INT8)).isEqualTo(Figure.UNKNOWN);
    assertThat(ppu.powerWatts()).isEqualTo(new Known(400));
    assertThat(ppu.resource()).isEqualTo("alibabacloud.com/ppu");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "memory: 48 GB | memory: -48 GB | 6 | chips.my-chip.memory | \"-48 GB\"",
        "memory: 48 GB | memory: 48 | 6 | chips.my-chip.memory | \"48\"",
        "memory: 48 GB | memory: 0 GB | 6 | chips.my-chip.memory | \"0 GB\"",
        "memory: 48 GB | memory: 48 TFLOPS | 6 | chips.my-chip.memory | \"48 TFLOPS\"",
        "memory: 48 GB | memory: none | 6 | chips.my-chip.memory | \"none\"",
        "memory: 48 GB | memory: | 6 | chips.my-chip.memory | no such field",
        "memory: 48 GB | memry: 48 GB | 6 | chips.my-chip.memry | an unknown field",
        "dense: {fp16: 100 TFLOPS} | dense: {fp61: 1 TFLOPS} | 8 | chips.my-chip.dense.fp61 | an unknown field",
        "dense: {fp16: 100 TFLOPS} | dense: {fp16: 1e999 TFLOPS} | 8 | chips.my-chip.dense.fp16 | \"1e999 TFLOPS\"",
        "dense: {fp16: 100 TFLOPS} | dense: [1] | 8 | chips.my-chip.dense | a list",
        "origin: DE | origin: Germany | 5 | chips.my-chip.origin | \"Germany\"",
        "my-chip: | My Chip: | 2 | chips.My Chip | \"My Chip\"",
        "power: unknown | status: [{asOf: yesterday, in: CN, rule: barred, source: x}] | 3 | chips.my-chip.power | no such field",
        "link: none | bandwidth: 1 GB/s | 9 | chips.my-chip.bandwidth | the name a second time",
        "link: none | link: *other | 9 | chips.my-chip.link | the alias *other"
      })
  void whatIsWrongIsSaidWithItsPlace(
      String right, String wrong, int line, String field, String found) {
    assertThatThrownBy(() -> shipped.with("own.yaml", OWN.replace(right, wrong)))
        .isInstanceOfSatisfying(
            FleetFormatException.class,
            e -> {
              assertThat(e.line()).isEqualTo(line);
              assertThat(e.field()).isEqualTo(field);
            })
        .hasMessageStartingWith("own.yaml, line ")
        .hasMessageContaining("found " + found)
        .hasMessageContaining("allowed: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "asOf: 2025-13 | chips.nvidia-h20-96g.status[0].asOf",
        "rule: forbidden | chips.nvidia-h20-96g.status[0].rule",
        "in: China | chips.nvidia-h20-96g.status[0].in",
        "source: | chips.nvidia-h20-96g.status[0].source"
      })
  void reportsAreChecked(String wrong, String field) {
    String key = wrong.substring(0, wrong.indexOf(':'));
    String report = "{asOf: 2025-01, in: CN, rule: barred, source: x}";
    String own =
        "chips:\n  nvidia-h20-96g:\n    status:\n      - "
            + report.replaceAll(key + ": [^,}]+", wrong)
            + "\n";

    assertThatThrownBy(() -> shipped.with("own.yaml", own))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageStartingWith("own.yaml, line 4: " + field + ": found ");
  }

  @Test
  void aNameMeansOneChip() {
    String own = OWN + "    aliases: [H100]\n";

    assertThatThrownBy(() -> shipped.with("own.yaml", own))
        .hasMessageContaining("H100")
        .hasMessageContaining("nvidia-h100-sxm");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | nothing",
        "'chips: [' | broken YAML",
        "'chips: {a: 1}}' | broken YAML",
        "'- a' | a list",
        "'chips: 3' | \"3\"",
        "'hips: {}' | an unknown field",
        "'a: &x {b: 1}\nchips: *x' | the alias *x"
      })
  void noFileIsTooBrokenForASentence(String yaml, String found) {
    assertThatThrownBy(() -> shipped.with("own.yaml", yaml))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageContaining("found " + found);
  }
}
