package dev.tangram.engine.file.hf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.file.gguf.ModelTrial;
import dev.tangram.engine.file.json.JsonMutants;
import dev.tangram.engine.file.json.JsonObject;
import dev.tangram.engine.file.json.Judge;
import dev.tangram.engine.model.Models;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * MF-1 for config.json: over sound weights every mutant presents tensors of the sizes it says, some
 * of which then write four tokens, or is refused.
 */
@Tag("fuzz")
class ConfigFuzzTest {
  private static final List<String> NAMES =
      List.of(
          "qwen2",
          "qwen2-tied",
          "qwen3",
          "qwen3-yarn",
          "llama3",
          "gemma3",
          "qwen3moe",
          "qwen3next",
          "qwen35",
          "qwen35moe",
          "qwen35-mtp",
          "qwen3next-mtp",
          "qwen3next-yarn");
  private static final int EVERY_NTH_RUNS = 100;
  private static final long SEED = Judge.seed(ConfigFuzzTest.class);

  @Test
  void everyMutantIsPresentedOrRefusedWithAReason() {
    JsonMutants mutants =
        new JsonMutants(NAMES.stream().map(ConfigFuzzTest::config).toList(), SEED);
    List<Checkpoint> checkpoints =
        NAMES.stream().map(name -> Checkpoint.open(HfGoldenTest.folder(name))).toList();
    ModelTrial model = new ModelTrial();
    try {
      Map<String, Integer> ends =
          Judge.all(
              mutants::mutant,
              1,
              "",
              (mutant, number) -> {
                Checkpoint checkpoint = checkpoints.get(number % NAMES.size());
                HfFile file =
                    HfFile.of(Config.of(JsonObject.parse(mutant, "config.json")), checkpoint);
                String architecture = file.metadata().string("general.architecture");
                if (number % EVERY_NTH_RUNS != 0) {
                  return "presented";
                }
                for (Tensor tensor : file.tensors().values()) {
                  if (file.data(tensor).byteSize() != tensor.bytes()
                      || tensor.elements() * tensor.format().blockBytes() != tensor.bytes()) {
                    throw new AssertionError("wrong size: " + tensor);
                  }
                }
                return Models.ARCHITECTURES.contains(architecture)
                    ? model.run(file, number).toString()
                    : "presented in full";
              });
      if (Judge.isWhole()) {
        assertThat(ends.get("presented")).isGreaterThan(Judge.MUTANTS / 10);
        assertThat(ends.get(Judge.REFUSED)).isGreaterThan(Judge.MUTANTS / 5);
        assertThat(ends.get("GENERATED")).isGreaterThan(Judge.MUTANTS / 4000);
      }
    } finally {
      checkpoints.forEach(Checkpoint::close);
    }
  }

  @Test
  void everyGoldenConfigIsSound() {
    for (String name : NAMES) {
      HfFile.open(HfGoldenTest.folder(name)).close();
    }
    assertThat(Stream.of(NAMES)).isNotEmpty();
  }

  private static byte[] config(String name) {
    try {
      return Files.readAllBytes(HfGoldenTest.folder(name).resolve("config.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
