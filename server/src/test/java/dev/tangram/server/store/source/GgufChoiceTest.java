package dev.tangram.server.store.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.server.store.source.GgufChoice.Candidate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufChoiceTest {
  private static List<Candidate> files(String... paths) {
    return Stream.of(paths).map(path -> new Candidate(path, 1, "")).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf, Q4_K_M",
    "SmolLM2-135M-Instruct.Q4_1.gguf, Q4_1",
    "Qwen3-0.6B-Q8_0.gguf, Q8_0",
    "Qwen3-4B-UD-Q4_K_XL.gguf, UD-Q4_K_XL",
    "BF16/model-BF16.gguf, BF16",
    "model-IQ4_XS.gguf, IQ4_XS",
    "model.gguf, ''",
  })
  void readsTheQuantization(String path, String quant) {
    assertThat(GgufChoice.quantOf(path)).isEqualTo(quant);
  }

  @Test
  void prefersTheUsualOnes() throws Exception {
    assertThat(GgufChoice.choose(files("a-F16.gguf", "a-Q8_0.gguf", "a-q4_k_m.gguf"), "").path())
        .isEqualTo("a-q4_k_m.gguf");
    assertThat(GgufChoice.choose(files("a-F16.gguf", "a-Q8_0.gguf"), "").path())
        .isEqualTo("a-Q8_0.gguf");
    assertThat(GgufChoice.choose(files("README.md", "odd.gguf"), "").path()).isEqualTo("odd.gguf");
    assertThat(GgufChoice.choose(files("a-Q8_0.gguf", "sub/b.gguf"), "b.gguf").path())
        .isEqualTo("sub/b.gguf");
  }

  @Test
  void leavesOutWhatIsNoWholeModel() {
    assertThatThrownBy(() -> GgufChoice.choose(files("mmproj-F16.gguf"), ""))
        .hasMessage("it has no GGUF file");
    assertThatThrownBy(() -> GgufChoice.choose(files("a-Q8_0-00001-of-00002.gguf"), ""))
        .hasMessage("it has only GGUF files that are split in parts");
  }
}
