package dev.tangram.fleet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.fleet.file.CsvTable;
import dev.tangram.fleet.file.FleetFormatException;
import dev.tangram.fleet.file.Tree;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCatalogueTest {
  private final ModelCatalogue shipped = ModelCatalogue.shipped();

  private ModelShape model(String name) {
    return shipped.find(name).orElseThrow(() -> new AssertionError(name));
  }

  @ParameterizedTest
  @CsvSource({
    "Qwen2.5-0.5B, 0.494",
    "Qwen2.5-1.5B, 1.54",
    "Qwen2.5-3B, 3.09",
    "Qwen2.5-7B, 7.62",
    "Qwen2.5-14B, 14.77",
    "Qwen2.5-32B, 32.76",
    "Qwen2.5-72B, 72.7",
    "Qwen3-0.6B, 0.596",
    "Qwen3-1.7B, 1.72",
    "Qwen3-4B, 4.02",
    "Qwen3-8B, 8.19",
    "Qwen3-14B, 14.77",
    "Qwen3-32B, 32.76",
    "Qwen3-30B-A3B, 30.53",
    "Qwen3-235B-A22B, 235.1",
    "Qwen3-Next-80B-A3B, 79.67",
    "Qwen3.5-0.8B, 0.752",
    "Qwen3.5-2B, 1.88",
    "Qwen3.5-4B, 4.21",
    "Qwen3.5-9B, 8.95",
    "Qwen3.6-27B, 26.9",
    "Qwen3.5-35B-A3B, 34.66",
    "Qwen3.5-122B-A10B, 122.1",
    "Qwen3.5-397B-A17B, 396.3",
    "DeepSeek-R1, 671.0",
    "Kimi K2, 1026",
    "gpt-oss-20b, 20.91",
    "gpt-oss-120b, 116.83",
    "Llama-3.2-1B, 1.24",
    "Llama-3.1-8B, 8.03",
    "Llama-3.3-70B, 70.55",
    "Llama-3.1-405B, 405.85",
    "gemma-3-270m, 0.268"
  })
  void weightsAsPublished(String name, double billions) {
    assertThat(model(name).totalWeights() / 1e9)
        .isCloseTo(billions, Percentage.withPercentage(0.5));
  }

  @ParameterizedTest
  @CsvSource({
    "Qwen3-Next-80B-A3B, 3.25",
    "Qwen3-30B-A3B, 3.04",
    "Qwen3-235B-A22B, 21.5",
    "Qwen3.5-35B-A3B, 2.95",
    "DeepSeek-V3, 36.6",
    "gpt-oss-20b, 3.61",
    "gpt-oss-120b, 5.13"
  })
  void activeWeightsAsPublished(String name, double billions) {
    ModelShape model = model(name);
    double active = model.activeWeights() / 1e9;
    // Some makers count the row table of the embedding, some count neither it nor the head.
    double head = model.headWeights() / 1e9;
    assertThat(Math.min(Math.abs(active - billions), Math.abs(active - head - billions)))
        .isLessThan(0.03 * billions);
  }

  @ParameterizedTest
  @CsvSource({
    "Llama-3.3-70B, 327680, 0",
    "Qwen3-32B, 262144, 0",
    "Qwen3-8B, 147456, 0",
    "Qwen3-30B-A3B, 98304, 0",
    "Qwen3-235B-A22B, 192512, 0",
    "Qwen3-Next-80B-A3B, 24576, 77266944",
    "Qwen3.5-0.8B, 12288, 19537920",
    "Qwen3.5-9B, 32768, 51511296",
    "Qwen3.5-27B, 65536, 153944064",
    "Qwen3.5-35B-A3B, 20480, 64389120",
    "Qwen3.5-122B-A10B, 24576, 153649152",
    "Qwen3.5-397B-A17B, 30720, 192061440",
    "DeepSeek-V3, 70272, 0",
    "Kimi K2, 70272, 0",
    "gemma-3-270m, 3072, 0"
  })
  void whatASequenceHolds(String name, double kvBytesPerToken, long stateBytes) {
    ModelShape model = model(name);

    assertThat(model.kvBytesPerToken(KvType.FP16)).isEqualTo(kvBytesPerToken);
    assertThat(model.kvBytesPerToken(KvType.FP8)).isEqualTo(kvBytesPerToken / 2);
    assertThat(model.stateBytes()).isEqualTo(stateBytes);
  }

  @Test
  void windowsHoldTheirLastTokensOnly() {
    ModelShape gemma = model("gemma-3-270m");

    assertThat(gemma.kvBytes(100, KvType.FP16)).isEqualTo(100 * (3072 + 15360.0));
    assertThat(gemma.kvBytes(10_000, KvType.FP16)).isEqualTo(10_000 * 3072.0 + 512 * 15360.0);
    assertThat(model("gpt-oss-20b").windowLayers()).isEqualTo(12);
  }

  /** Weights that a step reads, in billions, at 1, 8, 32, 128, 512 sequences. */
  @ParameterizedTest
  @CsvSource({
    "Llama-3.3-70B, 69.5, 69.5, 69.5, 69.5, 69.5",
    "Qwen3-235B-A22B, 21.5, 98.9, 205.6, 234.4, 234.4",
    "Qwen3-Next-80B-A3B, 3.56, 13.3, 38.2, 73.1, 79.3",
    "DeepSeek-V3, 36.5, 162.8, 433.2, 658.8, 670.0",
    "Kimi K2, 31.5, 167.7, 507.8, 956.5, 1025"
  })
  void expertsThatABatchTouches(
      String name, double one, double eight, double some, double many, double all) {
    ModelShape model = model(name);
    double[] expected = {one, eight, some, many, all};
    int[] batch = {1, 8, 32, 128, 512};
    for (int i = 0; i < batch.length; i++) {
      double read =
          model.sharedWeights() + model.headWeights() + model.routedWeightsTouched(batch[i]);
      assertThat(read / 1e9)
          .as("batch %d", batch[i])
          .isCloseTo(expected[i], Percentage.withPercentage(1));
    }
  }

  @Test
  void oneTokenTouchesItsExperts() {
    Experts experts = model("DeepSeek-V3").experts().orElseThrow();

    assertThat(experts.touched(1)).isCloseTo(8, within(1e-9));
    assertThat(experts.touched(1e9)).isCloseTo(256, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gemma3",
        "llama3",
        "qwen2",
        "qwen2-tied",
        "qwen3",
        "qwen3-yarn",
        "qwen35",
        "qwen35-mtp",
        "qwen35moe",
        "qwen3moe",
        "qwen3next",
        "qwen3next-mtp",
        "qwen3next-yarn"
      })
  void countedAgainstTheTensorsOfRealFiles(String name) throws Exception {
    Path folder = Path.of(getClass().getResource("/golden/" + name + "/config.json").toURI());
    ModelShape model = ModelConfig.read(folder);
    long values =
        CsvTable.read(folder.resolveSibling("tensors.csv")).rows().stream()
            .filter(row -> !row.text("name").startsWith("mtp."))
            .mapToLong(row -> (long) row.number("values", false))
            .sum();

    assertThat(model.totalWeights()).isEqualTo(values);
    assertThat(model.name()).isEqualTo(name);
  }

  @Test
  void aConfigFileIsAModelNamedAfterItsFolder() throws Exception {
    Path config = Path.of(getClass().getResource("/golden/qwen3next/config.json").toURI());

    assertThat(shipped.with(config).find("qwen3next").orElseThrow().family())
        .isEqualTo(Family.HYBRID_EXPERTS);
  }

  @Test
  void familiesGoByWhatMovesBytes() {
    assertThat(model("Llama-3.1-8B").family()).isEqualTo(Family.DENSE);
    assertThat(model("gpt-oss-20b").family()).isEqualTo(Family.EXPERTS);
    assertThat(model("Kimi K2").family()).isEqualTo(Family.LATENT_EXPERTS);
    assertThat(model("Qwen3.5-9B").family()).isEqualTo(Family.HYBRID);
    assertThat(model("Qwen3-Coder-Next").family()).isEqualTo(Family.HYBRID_EXPERTS);
  }

  @Test
  void usersAddModels() {
    String own =
        """
        models:
          mine:
            model_type: llama
            hidden_size: 4096
            intermediate_size: 14336
            num_attention_heads: 32
            num_key_value_heads: 8
            num_hidden_layers: 32
            vocab_size: 128256
        """;

    assertThat(shipped.with(Tree.read("own.yaml", own)).find("MINE").orElseThrow().totalWeights())
        .isEqualTo(model("Llama-3.1-8B").totalWeights());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model_type\": \"bert\", \"hidden_size\": 8, \"num_hidden_layers\": 1} | config.json, line 1: model_type: found \"bert\", allowed: deepseek_v3,",
        "{\"hidden_size\": 8} | config.json, line 1: model_type: found no such field",
        "{\"model_type\": \"llama\", \"hidden_size\": -8} | config.json, line 1: hidden_size: found \"-8\", allowed: a whole number, 1 to",
        "{\"model_type\": \"llama\", \"hidden_size\": [8]} | config.json, line 1: hidden_size: found a list",
        "{\"model_type\": \"llama\", \"hidden_size\": 8, \"hidden_size\": 8} | config.json, line 1: hidden_size: found the name a second time",
        "{\"model_type\": \"llama\" | config.json, line 1: found broken JSON"
      })
  void whatIsWrongIsSaidWithItsPlace(String json, String sentence) {
    assertThatThrownBy(() -> ModelConfig.of("x", Tree.read("config.json", json)))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageStartingWith(sentence);
  }
}
