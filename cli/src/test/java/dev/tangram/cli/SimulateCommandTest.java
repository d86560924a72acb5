package dev.tangram.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tangram simulate} as a user types it. */
class SimulateCommandTest extends TypedCommands {
  private static final int COLUMNS = 100;
  private static final String COMMON =
      "simulate --model Qwen3-8B --chip H100 --replicas 2 --rate 10 --input 500 --output 100"
          + " --seconds 60";

  @TempDir private Path folder;

  private int run(String words) {
    return run(words.split(" "));
  }

  private JsonNode json(String words) throws Exception {
    out.reset();
    assertThat(run(words + " --json")).as(err.toString(UTF_8)).isZero();
    return new ObjectMapper().readTree(out.toString(UTF_8));
  }

  @Test
  void aTableFitsTheScreen() {
    assertThat(run(COMMON + " --price 2.5 --fail 1@30")).as(err.toString(UTF_8)).isZero();

    assertThat(out.toString(UTF_8))
        .contains("TTFT, s", "TPOT, ms", "goodput", "uncalibrated", "kWh", "cost")
        .contains("2 of 1 x nvidia-h100-sxm");
    assertThat(out.toString(UTF_8).lines()).allMatch(line -> line.length() <= COLUMNS);
  }

  @Test
  void oneSeedIsOneResult() throws Exception {
    JsonNode first = json(COMMON + " --seed 7 --routing prefix");

    assertThat(json(COMMON + " --seed 7 --routing prefix")).isEqualTo(first);
    assertThat(json(COMMON + " --seed 8 --routing prefix")).isNotEqualTo(first);
    assertThat(first.get("finished").asInt()).isBetween(500, 700);
    assertThat(first.get("finished").asInt()).isEqualTo(first.get("requests").asInt());
  }

  @Test
  void moreReplicasAreLessBusy() throws Exception {
    double two = json(COMMON).get("busy_share").asDouble();
    double eight =
        json(COMMON.replace("--replicas 2", "--replicas 8")).get("busy_share").asDouble();

    assertThat(two).isBetween(0.05, 1.0);
    assertThat(eight).isLessThan(two);
  }

  @Test
  void aTraceIsReplayed() throws Exception {
    Path trace = folder.resolve("t.csv");
    Files.writeString(
        trace,
        "TIMESTAMP,ContextTokens,GeneratedTokens\n"
            + "2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n");

    JsonNode facts = json("simulate --model Qwen3-8B --chip H100 --trace " + trace);

    assertThat(facts.get("finished").asInt()).isEqualTo(2);
    assertThat(facts.get("output_tokens").asInt()).isEqualTo(44 + 109);
    assertThat(facts.get("prompt_tokens").asInt()).isEqualTo(374 + 396);
  }

  @Test
  void rareModelsShareReplicas() throws Exception {
    String rare =
        "simulate --model Qwen3-8B --chip H100 --many 12 --rate 0.3 --input 300 --output 200"
            + " --seconds 300 --ttft 10 --replicas ";
    JsonNode own = json(rare + "1");
    JsonNode groups = json(rare + "4 --sharing groups");
    JsonNode turns = json(rare + "4 --sharing turns");

    assertThat(own.get("chips").asInt()).isEqualTo(12);
    assertThat(own.get("switches").asInt()).isZero();
    for (JsonNode shared : new JsonNode[] {groups, turns}) {
      assertThat(shared.get("chips").asInt()).isEqualTo(4);
      assertThat(shared.get("switches").asInt()).isPositive();
      assertThat(shared.get("finished")).isEqualTo(own.get("finished"));
      assertThat(shared.get("output_tokens")).isEqualTo(own.get("output_tokens"));
    }
  }

  @Test
  void aPageIsWritten() throws Exception {
    Path page = folder.resolve("page.html");

    assertThat(run(COMMON + " --report " + page)).as(err.toString(UTF_8)).isZero();
    assertThat(Files.readString(page)).contains("<svg", "TTFT p99", "Qwen3-8B on 2 x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--model Qwen3-8B --chip H100 | found no workload, allowed: --trace FILE or --rate R",
        "--model Qwen3-8B --chip H100 --rate 0 | found 0.0 a second",
        "--model Qwen3-8B --chip H100 --rate 1 --seconds 0 | --seconds: found 0.0",
        "--model Qwen3-8B --chip H100 --rate 1 --replicas 0 | --replicas: found 0",
        "--model Qwen3-8B --chip H100 --rate 1 --fail 1@5 | --fail: found 1@5",
        "--model Qwen3-8B --chip H100 --rate 1 --ttft 0 | found TTFT 0.0 s",
        "--model Qwen3-8B --chip H100 --rate 1 --many 0 | --many: found 0",
        "--model Qwen3-8B --chip H100 --rate 1 --sharing turns --fail 0@5 | --fail: found 0@5 with",
        "--model nope --chip H100 --rate 1 | there is no model nope",
        "--model Qwen3-8B --chip PPU --rate 1 | nobody published thead-zhenwu-810e bandwidth",
        "--model DeepSeek-V3 --chip H100 --rate 1 | does not fit nvidia-h100-sxm",
      })
  void whatCannotBeIsSaidInOneSentence(String words, String complaint) {
    assertThat(run("simulate " + words)).isNotZero();
    assertThat(err.toString(UTF_8)).contains(complaint).hasLineCount(1);
    assertThat(out.toString(UTF_8)).isEmpty();
  }
}
