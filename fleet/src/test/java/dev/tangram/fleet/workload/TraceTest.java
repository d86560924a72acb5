package dev.tangram.fleet.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.fleet.file.FleetFormatException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {
  @TempDir private Path folder;

  private static Path sample(String name) throws URISyntaxException {
    return Path.of(TraceTest.class.getResource("/traces/" + name).toURI());
  }

  @Test
  void mooncakeTellsWhatPromptsShare() throws Exception {
    Trace trace = Trace.read(sample("mooncake.jsonl"));

    assertThat(trace.requests()).hasSize(120);
    Request first = trace.requests().get(0);
    Request second = trace.requests().get(1);
    assertThat(first.promptTokens()).isEqualTo(6758);
    assertThat(first.outputTokens()).isEqualTo(500);
    int[] a = first.prompt(0);
    int[] b = second.prompt(1);
    assertThat(a).hasSize(6758);
    // Both begin with id 0, and differ from the second on.
    for (int i = 0; i < 512; i++) {
      assertThat(a[i]).isEqualTo(b[i]);
    }
    assertThat(a[512]).isNotEqualTo(b[512]);
  }

  @Test
  void azureTellsTimesAndLengths() throws Exception {
    Trace trace = Trace.read(sample("azure.csv"));

    assertThat(trace.requests()).hasSize(120);
    Request second = trace.requests().get(1);
    assertThat(second.arrivalNanos()).isEqualTo(4_314_579_000L);
    assertThat(second.promptTokens()).isEqualTo(396);
    assertThat(second.outputTokens()).isEqualTo(109);
    assertThat(second.prompt(1)).doesNotContain(trace.requests().get(0).prompt(0));
  }

  @Test
  void aReplayEndsInTime() throws Exception {
    Workload replay = Trace.read(sample("azure.csv")).replay(4.4);

    assertThat(replay.next()).isPresent();
    assertThat(replay.next()).isPresent();
    assertThat(replay.next()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"timestamp\": 5, \"input_length\": 0, \"output_length\": 1, \"hash_ids\": []}"
            + "| input_length: found \"0\", allowed: a whole number, 1 to 100000000",
        "{\"timestamp\": 5, \"input_length\": 9, \"hash_ids\": []}"
            + "| output_length: found no such field, allowed: a whole number, 1 to 100000000",
        "{\"timestamp\": 5, \"input_length\": 9, \"output_length\": 1, \"hash_ids\": [1, \"x\"]}"
            + "| hash_ids[1]: found \"x\", allowed: a whole number, 0 to 2147483647",
        "{\"timestamp\": 5, \"input_length\": 9, \"output_length\": 1, \"hash_ids\": [1, 2]}"
            + "| hash_ids: found 2 ids, allowed: at most 1 for 9 tokens, one for 512",
        "{\"timestamp\": 2, \"input_length\": 9, \"output_length\": 1, \"hash_ids\": [1]}"
            + "| timestamp: found 2, allowed: at least the line before: 3",
      })
  void aBrokenLineIsNamed(String line, String complaint) throws Exception {
    Path file = folder.resolve("a.jsonl");
    String good =
        "{\"timestamp\": 3, \"input_length\": 9, \"output_length\": 1, \"hash_ids\": [1]}";
    Files.writeString(file, good + "\n\n" + line + "\n");

    assertThatThrownBy(() -> Trace.read(file))
        .isInstanceOf(FleetFormatException.class)
        .hasMessage(file + ", line 3: " + complaint);
  }

  @Test
  void brokenJsonIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("a.jsonl"), "{\"timestamp\": 3\n");

    assertThatThrownBy(() -> Trace.read(file))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageStartingWith(file + ", line 1: found broken JSON");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "yesterday,1,1 | TIMESTAMP: found \"yesterday\", allowed: a time such as 2023-11-16 18:15:46.6805900",
        "2023-11-16 18:15:46.68,1,1 | TIMESTAMP: found \"2023-11-16 18:15:46.68\", allowed: a time no earlier than that of the line before",
        "2023-11-16 18:15:48.1,-1,1 | ContextTokens: found \"-1\", allowed: a whole number, 1 to 100000000",
        "2023-11-16 18:15:48.1,1, | GeneratedTokens: found nothing, allowed: a whole number, 1 to 100000000",
      })
  void aBrokenRowIsNamed(String row, String complaint) throws Exception {
    Path file = folder.resolve("a.csv");
    Files.writeString(
        file, "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:47.0,3,4\n" + row + "\n");

    assertThatThrownBy(() -> Trace.read(file))
        .isInstanceOf(FleetFormatException.class)
        .hasMessage(file + ", line 3: " + complaint);
  }

  @Test
  void anotherEndingIsRefused() {
    assertThatThrownBy(() -> Trace.read(folder.resolve("a.txt")))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageEndingWith("allowed: .jsonl (Mooncake) or .csv (Azure LLM)");
  }
}
