package dev.tangram.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tangram plan}, {@code what-if} and {@code explain} as a user types them. */
class PlanCommandsTest extends TypedCommands {
  private static final int COLUMNS = 100;
  private static final String EXAMPLE = "../examples/sanjiangyuan/";

  @TempDir private Path folder;

  @Test
  void theHallFitsTheScreen() {
    assertThat(run("plan", EXAMPLE + "fleet.yaml", EXAMPLE + "demand.yaml", "--why"))
        .as(err.toString(UTF_8))
        .isZero();

    assertThat(out.toString(UTF_8))
        .contains("ministry-chat", "no plan is better by more than", "lower bound of each forecast")
        .contains("more money; would win below");
    assertThat(out.toString(UTF_8).lines()).allMatch(line -> line.length() <= COLUMNS);
  }

  @Test
  void theHallHasADay() throws Exception {
    Path page = folder.resolve("day.html");
    String[] words = {
      "plan",
      EXAMPLE + "fleet.yaml",
      EXAMPLE + "demand.yaml",
      "--day",
      "--hour-seconds",
      "1",
      "--sample",
      "1",
      "--report",
      page.toString(),
      "--json"
    };
    assertThat(run(words)).as(err.toString(UTF_8)).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString(UTF_8));
    assertThat(json.get("plan").get("gap").asDouble()).isBetween(0.0, 0.01);
    JsonNode day = json.get("day");
    assertThat(day.get("output_tokens").asDouble()).isPositive();
    assertThat(day.get("chips_up_by_hour")).hasSize(24);
    assertThat(Files.readString(page))
        .contains("A day of Sanjiangyuan", "Answer tokens, per second", "ministry-chat", ">24 h<")
        .doesNotContain("http://", "https://");
    out.reset();

    assertThat(run(java.util.Arrays.copyOf(words, words.length - 1))).isZero();
    assertThat(out.toString(UTF_8)).contains("A simulated day, seed 1", "within their objectives");
    assertThat(out.toString(UTF_8).lines()).allMatch(line -> line.length() <= COLUMNS);
  }

  @Test
  void aDayNeedsSoundAssumptions() {
    String[] words = {
      "plan", EXAMPLE + "fleet.yaml", EXAMPLE + "demand.yaml", "--day", "--night", "2"
    };
    assertThat(run(words)).isEqualTo(Failure.USAGE);
    assertThat(err.toString(UTF_8)).contains("night: found 2.0, allowed: 0 to 1");
  }

  @Test
  void aPlanIsExplainedFromItsFile() throws Exception {
    assertThat(run("plan", EXAMPLE + "fleet-with-h20.yaml", EXAMPLE + "demand.yaml", "--json"))
        .isZero();
    JsonNode plan = new ObjectMapper().readTree(out.toString(UTF_8));
    assertThat(plan.get("possible").asBoolean()).isTrue();
    assertThat(plan.get("plan").get("gap").asDouble()).isBetween(0.0, 0.01);
    String file = Files.writeString(folder.resolve("plan.json"), out.toString(UTF_8)).toString();
    out.reset();

    assertThat(run("explain", file, "bank-chat")).as(err.toString(UTF_8)).isZero();
    assertThat(out.toString(UTF_8))
        .contains("bank-chat (Qwen3-235B-A22B) for bank", "bank allows origins CN only")
        .contains("\ngroups of ppu-east\n", "  + ep8            chosen\n")
        .containsPattern("  - tp1            needs \\d+ GB a chip on 1 chip, usable are \\d+\n");
    assertThat(out.toString(UTF_8).lines()).allMatch(line -> line.length() <= COLUMNS);

    assertThat(run("explain", file, "nobody")).isEqualTo(Failure.FAILED);
    assertThat(err.toString(UTF_8)).contains("has no demand nobody, only: ministry-chat");
  }

  @Test
  void losingTheMainChipsIsToldToTheEnd() {
    int exit =
        run(
            "what-if",
            EXAMPLE + "fleet.yaml",
            EXAMPLE + "demand.yaml",
            "--without",
            "PPU",
            "--from",
            "2025-10-01");

    assertThat(exit).isEqualTo(Failure.FAILED);
    assertThat(out.toString(UTF_8))
        .startsWith("Without ppu-east, ppu-west from 2025-10-01: 16384 of 22832 chips are gone.\n")
        .contains("cannot be met with what is left", "market-deepseek", "GB a chip on 8 chips")
        .contains("Not bought, by what was known on 2025-10-01:\n");
    assertThat(out.toString(UTF_8).lines()).allMatch(line -> line.length() <= COLUMNS);
  }

  @Test
  void whatIsWrongIsSaidInOneSentence() throws Exception {
    String broken =
        Files.writeString(folder.resolve("fleet.yaml"), "pools:\n  - {nam: x}\n").toString();

    assertThat(run("plan", broken, EXAMPLE + "demand.yaml")).isEqualTo(Failure.FAILED);
    assertThat(err.toString(UTF_8))
        .startsWith("tangram: " + broken + ", line 2: pools[0].nam: found an unknown field")
        .hasLineCount(1);
    err.reset();

    assertThat(run("what-if", EXAMPLE + "fleet.yaml", EXAMPLE + "demand.yaml", "--without", "H100"))
        .isEqualTo(Failure.USAGE);
    assertThat(err.toString(UTF_8))
        .startsWith("tangram: --without: found H100, allowed: thead-zhenwu-810e, metax-c500")
        .hasLineCount(1);
  }
}
