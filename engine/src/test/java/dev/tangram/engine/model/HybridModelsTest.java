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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Experts, DeltaNet layers and MTP heads that lie are refused by name, before any kernel is called.
 * Golden models: E 8, 3 used, F 16, shared 24; Hk 2, Hv 4, dk and dv 8, 4 taps; layer 3 attends.
 */
class HybridModelsTest {
  @TempDir private Path folder;

  private static Arguments lie(String what, Altered altered, String... said) {
    return Arguments.of(what, altered, said);
  }

  private static Arguments number(String model, String key, long value, String... said) {
    String name = model.replace("-mtp", "") + "." + key;
    List<String> all = new ArrayList<>(List.of(said));
    return lie(
        name + " " + value,
        new Altered(model).pairs(p -> p.integer(name, value)),
        all.toArray(String[]::new));
  }

  static Stream<Arguments> experts() {
    return Stream.of(
        number("qwen3moe", "expert_count", 0, "qwen3moe.expert_count"),
        number("qwen3moe", "expert_count", 1 << 20, "qwen3moe.expert_count"),
        number("qwen3moe", "expert_count", 7, "blk.0.ffn_gate_inp.weight", "[32, 8]", "[32, 7]"),
        number("qwen3moe", "expert_used_count", 0, "qwen3moe.expert_used_count"),
        number("qwen3moe", "expert_used_count", 9, "qwen3moe.expert_used_count", "expert_count 8"),
        number("qwen35moe", "expert_feed_forward_length", 0, "expert_feed_forward_length"),
        number(
            "qwen35moe",
            "expert_feed_forward_length",
            1 << 18,
            "3 experts of 262144",
            "262144 elements together"),
        number(
            "qwen3moe",
            "expert_feed_forward_length",
            8,
            "blk.0.ffn_gate_exps.weight",
            "[32, 16, 8]",
            "[32, 8, 8]"),
        number("qwen3next", "expert_shared_feed_forward_length", 0, "shared_feed_forward_length"),
        number(
            "qwen3next",
            "expert_shared_feed_forward_length",
            23,
            "blk.0.ffn_gate_shexp.weight",
            "[32, 24]",
            "[32, 23]"),
        lie(
            "no router",
            new Altered("qwen3moe").without("blk.1.ffn_gate_inp.weight"),
            "blk.1.ffn_gate_inp.weight",
            "nothing"),
        lie(
            "no shared gate",
            new Altered("qwen35moe").without("blk.1.ffn_gate_inp_shexp.weight"),
            "blk.1.ffn_gate_inp_shexp.weight"),
        lie(
            "a shared expert where there is none",
            new Altered("qwen3moe").zeros("blk.1.ffn_up_shexp.weight", Format.F32, 32, 24),
            "blk.1.ffn_up_shexp.weight",
            "no use"),
        lie(
            "dense and experts",
            new Altered("qwen3moe")
                .zeros("blk.1.ffn_gate.weight", Format.F32, 32, 48)
                .zeros("blk.1.ffn_up.weight", Format.F32, 32, 48)
                .zeros("blk.1.ffn_down.weight", Format.F32, 48, 32),
            "blk.1.ffn_",
            "no use"),
        lie(
            "NaN in the last expert",
            new Altered("qwen3moe").element("blk.2.ffn_down_exps.weight", 4095, Float.NaN),
            "blk.2.ffn_down_exps.weight",
            "NaN"),
        lie(
            "stacked the other way",
            new Altered("qwen3moe").zeros("blk.0.ffn_up_exps.weight", Format.F32, 8, 16, 32),
            "blk.0.ffn_up_exps.weight",
            "[8, 16, 32]"));
  }

  static Stream<Arguments> deltaNets() {
    return Stream.of(
        number("qwen35", "ssm.conv_kernel", 1, "qwen35.ssm.conv_kernel"),
        number("qwen35", "ssm.conv_kernel", 5, "blk.0.ssm_conv1d.weight", "[4, 64]", "[5, 64]"),
        number("qwen35", "ssm.state_size", 0, "qwen35.ssm.state_size"),
        number("qwen35", "ssm.state_size", 16, "blk.0.attn_qkv.weight", "[32, 64]", "[32, 96]"),
        number("qwen35", "ssm.group_count", 0, "qwen35.ssm.group_count"),
        number(
            "qwen35",
            "ssm.group_count",
            3,
            "qwen35.ssm.time_step_rank",
            "found 4",
            "group_count 3"),
        number("qwen3next", "ssm.time_step_rank", 0, "qwen3next.ssm.time_step_rank"),
        number("qwen3next", "ssm.inner_size", 33, "ssm.inner_size", "time_step_rank 4"),
        number("qwen3next", "ssm.inner_size", 1 << 16, "ssm.inner_size", "time_step_rank 4"),
        number("qwen35", "full_attention_interval", 0, "qwen35.full_attention_interval"),
        number(
            "qwen35",
            "full_attention_interval",
            2,
            "blk.1.ssm_a",
            "found a recurrent layer",
            "an attention layer, as the file's qwen35.full_attention_interval says"),
        number("qwen35", "block_count", 3, "qwen35.block_count", "at least one that attends"),
        lie(
            "no decay",
            new Altered("qwen35").without("blk.2.ssm_a"),
            "blk.2.ssm_a",
            "found nothing",
            "a recurrent layer"),
        lie(
            "the logarithm of a decay",
            new Altered("qwen35").element("blk.1.ssm_a", 2, 0.5f),
            "blk.1.ssm_a, element 2",
            "found 0.5",
            "at most 0"),
        lie(
            "a list that contradicts",
            new Altered("qwen35")
                .pairs(p -> p.integers("qwen35.attention.recurrent_layers", 1, 1, 0, 0)),
            "blk.2.ssm_a",
            "qwen35.attention.recurrent_layers"),
        lie(
            "a short list",
            new Altered("qwen35")
                .pairs(p -> p.integers("qwen35.attention.recurrent_layers", 1, 1, 1)),
            "3 entries",
            "4 layers"),
        lie(
            "taps and channels exchanged",
            new Altered("qwen35").zeros("blk.0.ssm_conv1d.weight", Format.F32, 64, 4),
            "blk.0.ssm_conv1d.weight",
            "[64, 4]",
            "[4, 64]"),
        lie(
            "a query without gates",
            new Altered("qwen35").zeros("blk.3.attn_q.weight", Format.F32, 32, 64),
            "blk.3.attn_q.weight",
            "[32, 64]",
            "[32, 128]"),
        lie(
            "NaN in the gates",
            new Altered("qwen35").element("blk.3.attn_q.weight", 4095, Float.NaN),
            "blk.3.attn_q.weight"));
  }

  static Stream<Arguments> drafts() {
    return Stream.of(
        number("qwen35-mtp", "nextn_predict_layers", 2, "qwen35.nextn_predict_layers"),
        // The head as a layer of the decoder.
        number("qwen35-mtp", "nextn_predict_layers", 0, "blk.4.ssm_a", "found nothing"),
        number("qwen3next", "nextn_predict_layers", 1, "qwen3next.block_count", "3 layers"),
        lie(
            "no norm",
            new Altered("qwen3next-mtp").without("blk.4.nextn.hnorm.weight"),
            "blk.4.nextn.hnorm.weight"),
        lie(
            "half a projection",
            new Altered("qwen3next-mtp").zeros("blk.4.nextn.eh_proj.weight", Format.F32, 32, 32),
            "blk.4.nextn.eh_proj.weight",
            "[32, 32]",
            "[64, 32]"),
        lie(
            "an embedding of another vocabulary",
            new Altered("qwen3next-mtp")
                .zeros("blk.4.nextn.embed_tokens.weight", Format.F32, 32, 95),
            "blk.4.nextn.embed_tokens.weight",
            "[32, 96]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"experts", "deltaNets", "drafts"})
  void aLieIsRefusedByName(String what, Altered altered, String[] said) throws IOException {
    try (ModelFile file = altered.write(folder)) {
      assertThatThrownBy(() -> Models.open(file, UncalledKernels.make(), 8, 1))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining(file.path().toString())
          .hasMessageContainingAll(said);
    }
  }

  @Test
  void aListOfLayersSpeaksBeforeTheInterval() throws IOException {
    Altered altered =
        new Altered("qwen35")
            .pairs(p -> p.integer("qwen35.full_attention_interval", 2))
            .pairs(p -> p.integers("qwen35.attention.recurrent_layers", 1, 1, 1, 0));
    try (ModelFile file = altered.write(folder)) {
      assertThat(Hyperparameters.read(file).delta().recurrent())
          .containsExactly(true, true, true, false);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "qwen3, 4, 4, 0, 0, 0",
    "qwen3moe, 4, 4, 0, 0, 0",
    "qwen3next, 4, 1, 3, 192, 256",
    "qwen35moe, 4, 1, 3, 192, 256",
    "qwen35-mtp, 4, 2, 3, 192, 256"
  })
  void shapesSayWhatASequenceKeeps(
      String name, int layers, int kvLayers, int stateLayers, long convolution, long recurrent) {
    try (Workers workers = new Workers(1);
        ModelFile file = GgufFile.open(Golden.file(name));
        Model model = Models.open(file, Selection.choose("scalar", workers).kernels(), 8, 1)) {
      Shape shape = model.shape();
      assertThat(shape.architecture()).isEqualTo(name.replace("-mtp", ""));
      assertThat(shape.layers()).isEqualTo(layers);
      assertThat(shape.kvLayers()).isEqualTo(kvLayers);
      assertThat(shape.stateLayers()).isEqualTo(stateLayers);
      assertThat(shape.convolution()).isEqualTo(convolution);
      assertThat(shape.recurrent()).isEqualTo(recurrent);
      assertThat(model.draft().isPresent()).isEqualTo(name.endsWith("-mtp"));
    }
  }
}
