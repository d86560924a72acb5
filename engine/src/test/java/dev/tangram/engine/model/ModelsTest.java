package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that lie are refused by name, before any kernel is called. Golden models: D 32, H 4, K 2, F
 * 48, V 96, L 4.
 */
class ModelsTest {
  @TempDir private Path folder;

  private static Arguments lie(String what, Altered altered, String... said) {
    return Arguments.of(what, altered, said);
  }

  private static Arguments number(String model, String key, long value, String... said) {
    String name = (model.equals("llama3") ? "llama" : model) + "." + key;
    List<String> all = new ArrayList<>(List.of(said));
    all.add(name);
    return lie(
        name + " " + value,
        new Altered(model).pairs(p -> p.integer(name, value)),
        all.toArray(String[]::new));
  }

  private static Arguments real(String model, String key, float value) {
    return lie(
        key + " " + value,
        new Altered(model).pairs(p -> p.number(key, value)),
        key,
        Float.toString(value));
  }

  static Stream<Arguments> numbers() {
    return Stream.of(
        lie(
            "unknown",
            new Altered("qwen2").pairs(p -> p.string("general.architecture", "mamba")),
            "general.architecture",
            "mamba",
            "qwen2, qwen3, llama, gemma3"),
        number("qwen2", "attention.head_count", 0),
        number("qwen2", "attention.head_count", 5000),
        // Without key_length the head size follows from the count of heads: here 32 / 32 and 32 /
        // 6.
        lie(
            "heads of one",
            new Altered("qwen2-tied").pairs(p -> p.integer("qwen2.attention.head_count", 32)),
            "qwen2.attention.head_count",
            "even head size"),
        lie(
            "heads of no whole size",
            new Altered("qwen2-tied").pairs(p -> p.integer("qwen2.attention.head_count", 6)),
            "qwen2.attention.head_count",
            "even head size"),
        number("qwen2", "attention.head_count_kv", 3, "divisor"),
        number("qwen2", "attention.key_length", 1 << 20),
        number("qwen2", "attention.value_length", 4, "key_length"),
        number("qwen2", "embedding_length", 0),
        number("qwen2", "feed_forward_length", 1 << 24),
        number("qwen2", "block_count", 0),
        number("qwen2", "block_count", 1025),
        number("qwen2", "block_count", 600_000_000_000L),
        number("qwen2", "context_length", 0),
        number("llama3", "rope.dimension_count", 3, "even"),
        number("llama3", "rope.dimension_count", 10),
        number("llama3", "vocab_size", 97, "token_embd.weight"),
        number("gemma3", "attention.sliding_window", 0),
        real("qwen2", "qwen2.attention.layer_norm_rms_epsilon", 0),
        real("qwen2", "qwen2.attention.layer_norm_rms_epsilon", Float.NaN),
        real("qwen2", "qwen2.rope.freq_base", 0),
        real("qwen3-yarn", "qwen3.rope.scaling.factor", 0.5f),
        real("qwen3-yarn", "qwen3.rope.scaling.attn_factor", 0),
        real("qwen3-yarn", "qwen3.rope.scaling.yarn_beta_fast", -1),
        lie(
            "scaling",
            new Altered("qwen3-yarn").pairs(p -> p.string("qwen3.rope.scaling.type", "longrope")),
            "qwen3.rope.scaling.type",
            "longrope",
            "none, linear or yarn"),
        lie(
            "heads per layer",
            new Altered("qwen2").pairs(p -> p.integers("qwen2.attention.head_count", 4, 4, 4)),
            "qwen2.attention.head_count",
            "3 numbers",
            "4 layers"),
        lie(
            "heads that differ",
            new Altered("qwen2").pairs(p -> p.integers("qwen2.attention.head_count", 4, 4, 2, 4)),
            "qwen2.attention.head_count",
            "[4, 4, 2, 4]"),
        lie(
            "tokens",
            new Altered("qwen2").pairs(p -> p.strings("tokenizer.ggml.tokens", List.of("a", "b"))),
            "tokenizer.ggml.tokens",
            "2 tokens",
            "96"));
  }

  static Stream<Arguments> tensors() {
    return Stream.of(
        lie(
            "query heads",
            new Altered("qwen2").pairs(p -> p.integer("qwen2.attention.head_count", 32)),
            "blk.0.attn_q.weight",
            "[32, 32]",
            "[32, 256]"),
        lie(
            "heads",
            new Altered("qwen2").pairs(p -> p.integer("qwen2.attention.head_count_kv", 4)),
            "blk.0.attn_k.weight",
            "[32, 16]",
            "[32, 32]"),
        lie(
            "layers",
            new Altered("qwen2").pairs(p -> p.integer("qwen2.block_count", 5)),
            "blk.4.attn_norm.weight",
            "nothing"),
        lie(
            "fewer layers",
            new Altered("qwen2").pairs(p -> p.integer("qwen2.block_count", 3)),
            "blk.3."),
        lie("no embedding", new Altered("qwen2").without("token_embd.weight"), "token_embd.weight"),
        lie(
            "no matrix",
            new Altered("qwen2").without("blk.3.ffn_down.weight"),
            "blk.3.ffn_down.weight",
            "nothing",
            "[48, 32]"),
        lie(
            "no bias",
            new Altered("qwen2").without("blk.2.attn_k.bias"),
            "blk.2.attn_k.bias",
            "nothing"),
        lie(
            "no head norm",
            new Altered("qwen3").without("blk.1.attn_q_norm.weight"),
            "blk.1.attn_q_norm.weight"),
        lie(
            "no post norm",
            new Altered("gemma3").without("blk.1.post_ffw_norm.weight"),
            "blk.1.post_ffw_norm.weight"),
        lie(
            "a bias too many",
            new Altered("qwen2").zeros("blk.0.attn_output.bias", Format.F32, 32),
            "blk.0.attn_output.bias"),
        lie(
            "a bias of another",
            new Altered("qwen3").zeros("blk.0.attn_q.bias", Format.F32, 64),
            "blk.0.attn_q.bias"),
        lie(
            "experts",
            new Altered("llama3").zeros("blk.0.ffn_gate_inp.weight", Format.F32, 32, 4),
            "blk.0.ffn_gate_inp.weight"),
        lie(
            "transposed",
            new Altered("qwen2").zeros("blk.0.ffn_up.weight", Format.F32, 48, 32),
            "blk.0.ffn_up.weight",
            "[48, 32]",
            "[32, 48]"),
        lie(
            "three dimensions",
            new Altered("qwen2").zeros("blk.0.ffn_up.weight", Format.F32, 32, 48, 1),
            "blk.0.ffn_up.weight"),
        lie(
            "a norm in halves",
            new Altered("qwen2").zeros("output_norm.weight", Format.F16, 32),
            "output_norm.weight",
            "F16",
            "F32"),
        lie(
            "NaN in a norm",
            new Altered("qwen2").element("blk.1.ffn_norm.weight", 5, Float.NaN),
            "blk.1.ffn_norm.weight"),
        lie(
            "infinite weight",
            new Altered("qwen2").element("blk.3.ffn_down.weight", 1535, Float.NEGATIVE_INFINITY),
            "blk.3.ffn_down.weight"),
        lie(
            "NaN in the head",
            new Altered("gemma3").element("token_embd.weight", 3000, Float.NaN),
            "token_embd.weight"),
        lie(
            "NaN scale",
            new Altered("qwen2")
                .zeros("blk.0.ffn_up.weight", Format.Q8_0, 32, 48)
                .half("blk.0.ffn_up.weight", 34 * 47, 0x7E00),
            "blk.0.ffn_up.weight"),
        lie(
            "divisor",
            new Altered("llama3").element("rope_freqs.weight", 2, 0),
            "rope_freqs.weight",
            "0.0"),
        lie(
            "divisors",
            new Altered("llama3").zeros("rope_freqs.weight", Format.F32, 8),
            "rope_freqs.weight",
            "[8]",
            "[4]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"numbers", "tensors"})
  void aLieIsRefusedByName(String what, Altered altered, String[] said) throws IOException {
    try (ModelFile file = altered.write(folder)) {
      assertThatThrownBy(() -> Models.open(file, UncalledKernels.make(), 8, 1))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining(file.path().toString())
          .hasMessageContainingAll(said);
    }
  }

  @Test
  void theGoldenModelItselfReachesTheKernels() {
    for (String name : Golden.NAMES) {
      try (ModelFile file = GgufFile.open(Golden.load(name).file())) {
        assertThatThrownBy(() -> Models.open(file, UncalledKernels.make(), 8, 1))
            .isInstanceOf(AssertionError.class)
            .hasMessage("the kernel pack was called");
      }
    }
  }

  @Test
  void whatOtherPartsNeedIsLeftAlone() throws IOException {
    Altered altered =
        new Altered("qwen2")
            .zeros("v.patch_embd.weight", Format.F32, 4, 4)
            .zeros("blk.0.attn_rot_embd.freqs", Format.F32, 4);
    try (Workers workers = new Workers(1);
        ModelFile file = altered.write(folder);
        Model model = Models.open(file, Selection.choose("scalar", workers).kernels(), 8, 1)) {
      assertThat(model.shape().layers()).isEqualTo(4);
    }
  }

  @Test
  void progressGrowsToTheWholeOfTheWeights() {
    List<Long> heard = new ArrayList<>();
    try (Workers workers = new Workers(1);
        ModelFile file = GgufFile.open(Golden.load("qwen2").file());
        Model model =
            Models.open(file, Selection.choose("scalar", workers).kernels(), 8, 1, heard::add)) {
      long weights = file.tensors().values().stream().mapToLong(t -> t.bytes()).sum();
      assertThat(heard).isSorted().doesNotHaveDuplicates().hasSize(file.tensors().size());
      assertThat(heard.getLast()).isEqualTo(weights);
      assertThat(model.weightBytes()).isPositive();
    }
  }

  @Test
  void aModelLargerThanTheMachineIsRefusedInOneSentence() {
    assertThatThrownBy(() -> Memory.checkWeights("big.gguf", 48_000_000_000L, 24_000_000_000L))
        .isInstanceOf(ModelTooLargeException.class)
        .hasMessage(
            "big.gguf: needs about 48.0 GB of memory for its weights, this machine has 24.0 GB available");
    Memory.checkWeights("fits.gguf", 24_000_000_000L, 24_000_000_000L);
    assertThatThrownBy(
            () ->
                Memory.checkWithCache("big.gguf", 8_000_000_000L, 20_000_000_000L, 24_000_000_000L))
        .isInstanceOf(ModelTooLargeException.class)
        .hasMessage(
            "big.gguf: needs about 8.0 GB of memory for its weights and 20.0 GB of kv-cache-memory was asked for, this machine has 24.0 GB available");
    Memory.checkWithCache("fits.gguf", 8_000_000_000L, 16_000_000_000L, 24_000_000_000L);
    Memory.checkWithCache("chosen.gguf", 24_000_000_000L, 0, 24_000_000_000L);
  }

  @Test
  void aStepLargerThanTheHeapIsRefusedBeforePacking() {
    try (ModelFile file = GgufFile.open(Golden.load("qwen2").file())) {
      assertThatThrownBy(() -> Models.open(file, UncalledKernels.make(), Integer.MAX_VALUE, 1))
          .isInstanceOf(ModelTooLargeException.class)
          .hasMessageContaining("steps of 2147483647 tokens");
    }
  }

  @Test
  void limitsBelowOneAreRefused() {
    try (ModelFile file = GgufFile.open(Golden.load("qwen2").file())) {
      assertThatThrownBy(() -> Models.open(file, UncalledKernels.make(), 0, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("stepTokensMax 0");
    }
  }
}
