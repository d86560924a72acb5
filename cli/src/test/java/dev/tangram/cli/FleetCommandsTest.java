package dev.tangram.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.cli.measure.FakeServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tangram chips} and {@code tangram calibrate} as a user types them. */
class FleetCommandsTest extends TypedCommands {
  private static final int COLUMNS = 100;
  private static final String POINTS =
      """
      source,model,chip,tp,isl,osl,concurrency,weight_bytes,kv_bytes,output_tok_s_system
      an-engine,Qwen3-8B,H100,1,500,500,1,2,2,140
      an-engine,Qwen3-8B,H100,1,500,500,8,2,2,1000
      an-engine,Qwen3-8B,H100,1,500,500,32,2,2,3300
      an-engine,Qwen3-8B,H100,1,500,500,64,2,2,5400
      an-engine,Qwen3-8B,A100,1,500,500,8,2,2,610
      """;

  @TempDir private Path folder;

  private String file(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void chipsFitTheScreen() {
    assertThat(run("chips")).isZero();

    assertThat(out.toString(UTF_8))
        .contains("nvidia-h20-96g", "thead-zhenwu-810e", "warned 2025-09")
        .startsWith("ID ");
    assertThat(out.toString(UTF_8).lines())
        .hasSizeGreaterThan(25)
        .allMatch(line -> line.length() <= COLUMNS);
  }

  @Test
  void chipsAreFilteredByWhereTheyComeFrom() {
    assertThat(run("chips", "--origin", "cn", "--without-vendor", "huawei")).isZero();

    assertThat(out.toString(UTF_8))
        .contains("metax-c500")
        .doesNotContain("nvidia", "huawei", "amd");
  }

  @Test
  void oneChipIsToldWhole() {
    assertThat(run("chips", "PPU")).isZero();

    assertThat(out.toString(UTF_8))
        .contains("bandwidth  unknown", "power      400 W", "118.7 TFLOPS")
        .contains("resource   alibabacloud.com/ppu");
  }

  @Test
  void programsReadJson() throws Exception {
    assertThat(run("chips", "--json", "--vendor", "T-Head")).isZero();

    JsonNode chips = new ObjectMapper().readTree(out.toString(UTF_8));
    assertThat(chips).hasSize(2);
    assertThat(chips.get(0).get("id").asText()).isEqualTo("thead-zhenwu-810e");
    assertThat(chips.get(0).get("dense_fp16_tflops").asText()).isEqualTo("unknown");
    assertThat(chips.get(0).get("link_gb_per_s").asDouble()).isEqualTo(700);
  }

  @Test
  void aFileOfOnesOwnIsLaidOver() throws Exception {
    String own = file("own.yaml", "chips:\n  thead-zhenwu-810e:\n    bandwidth: 2.7 TB/s\n");

    assertThat(run("chips", "--chips", own, "PPU")).isZero();
    assertThat(out.toString(UTF_8)).contains("bandwidth  2700 GB/s");
  }

  @Test
  void aBrokenFileIsSaidInOneSentence() throws Exception {
    String own = file("own.yaml", "chips:\n  thead-zhenwu-810e:\n    bandwidth: -2.7 TB/s\n");

    assertThat(run("chips", "--chips", own)).isEqualTo(Failure.FAILED);
    assertThat(err.toString(UTF_8))
        .isEqualTo(
            "tangram: "
                + own
                + ", line 3: chips.thead-zhenwu-810e.bandwidth: found \"-2.7 TB/s\", allowed: a"
                + " positive number with a unit (GB/s, TB/s) such as 96 GB/s, or unknown\n");
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @Test
  void anUnknownChipIsSaid() {
    assertThat(run("chips", "nope")).isEqualTo(Failure.FAILED);
    assertThat(err.toString(UTF_8)).startsWith("tangram: there is no chip nope").hasLineCount(1);
  }

  @Test
  void calibrationTellsHowFarItCanBeTrusted() throws Exception {
    assertThat(run("calibrate", "--csv", file("points.csv", POINTS), "--splits", "2")).isZero();

    assertThat(out.toString(UTF_8))
        .contains(
            "an-engine  dense   nvidia-h100-sxm", "half to half, 2 splits", "to another chip");
    assertThat(out.toString(UTF_8).lines()).allMatch(line -> line.length() <= COLUMNS);
  }

  @Test
  void otherMeasurementsAreTried() throws Exception {
    String other =
        POINTS.lines().findFirst().orElseThrow()
            + "\nan-engine,Qwen3-14B,H100,1,500,500,8,2,2,560\n";

    assertThat(
            run(
                "calibrate",
                "--csv",
                file("points.csv", POINTS),
                "--try",
                file("other.csv", other),
                "--json"))
        .isZero();

    JsonNode tried = new ObjectMapper().readTree(out.toString(UTF_8)).get("tried");
    assertThat(tried).hasSize(1);
    assertThat(tried.get(0).get("measured").asDouble()).isEqualTo(560);
    assertThat(tried.get(0).get("lower").asDouble())
        .isLessThan(tried.get(0).get("forecast").asDouble());
    assertThat(tried.get(0).get("evidence").asText())
        .startsWith("transferred from an-engine, dense");
  }

  @Test
  void aRunningServerIsMeasured() throws Exception {
    Path saved = folder.resolve("live.csv");
    try (var server = new FakeServer(40, 8)) {
      String words =
          "calibrate --url %s --served fake --engine fake --model Qwen3-8B --chip H100 --save %s"
              .formatted(server.base(), saved);
      String loads = " --concurrency 1,2 --prompt-words 10 --output-tokens 5 --answers 1";
      assertThat(run((words + loads).split(" "))).as(err.toString(UTF_8)).isZero();

      assertThat(Files.readString(saved).lines())
          .hasSize(4)
          .anyMatch(line -> line.startsWith("fake,Qwen3-8B,H100,1,10.0,5.0,2,BF16,TPOT ms,"))
          .anyMatch(line -> line.startsWith("fake,Qwen3-8B,H100,1,10.0,5.0,1,BF16,TTFT s,"));
      assertThat(out.toString(UTF_8)).contains("fake    dense   nvidia-h100-sxm  3");

      assertThat(run((words + loads).split(" "))).isEqualTo(Failure.USAGE);
      assertThat(err.toString(UTF_8)).contains("allowed: a file that does not exist yet");
    }
  }

  @Test
  void somethingIsNeededToCalibrateOn() {
    assertThat(run("calibrate")).isEqualTo(Failure.USAGE);
    assertThat(err.toString(UTF_8)).contains("allowed: --csv FILE or --url URL");
  }

  @Test
  void rowsThatAreWrongAreNamed() throws Exception {
    String wrong = file("points.csv", POINTS.replace(",140", ",-140"));

    assertThat(run("calibrate", "--csv", wrong)).isEqualTo(Failure.FAILED);
    assertThat(err.toString(UTF_8))
        .isEqualTo(
            "tangram: "
                + wrong
                + ", line 2: output_tok_s_system: found \"-140\", allowed: a number greater than 0\n");
  }
}
