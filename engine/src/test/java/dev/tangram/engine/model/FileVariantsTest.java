package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same weights in the different ways that files keep them: the same logits, bit for bit. */
class FileVariantsTest {
  private static final int WIDTH = 32;
  private static final int LAYERS = 4;
  private static final int EXPERTS = 8;
  private static final int EXPERT_WIDTH = 16;
  private static final int[] IDS = IntStream.range(0, 40).map(i -> i * 37 % 96).toArray();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void gateAndUpOfTheExpertsInOneTensor(String tier) throws IOException {
    Altered fused = new Altered("qwen3moe");
    int slice = EXPERT_WIDTH * WIDTH;
    for (int layer = 0; layer < LAYERS; layer++) {
      String prefix = "blk." + layer + ".ffn_";
      float[] gate = fused.floats(prefix + "gate_exps.weight");
      float[] up = fused.floats(prefix + "up_exps.weight");
      float[] both = new float[2 * gate.length];
      for (int e = 0; e < EXPERTS; e++) {
        System.arraycopy(gate, e * slice, both, 2 * e * slice, slice);
        System.arraycopy(up, e * slice, both, (2 * e + 1) * slice, slice);
      }
      fused
          .without(prefix + "gate_exps.weight")
          .without(prefix + "up_exps.weight")
          .floats(prefix + "gate_up_exps.weight", both, WIDTH, 2 * EXPERT_WIDTH, EXPERTS);
    }
    assertSame(tier, new Altered("qwen3moe"), fused);
  }

  /** Old files of qwen3next: per key head 8 rows of q, 8 of k, 16 of v, 16 of the gate. */
  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void inputsOfADeltaNetInOneTensor(String tier) throws IOException {
    Altered fused = new Altered("qwen3next");
    for (int layer = 0; layer < LAYERS - 1; layer++) {
      String prefix = "blk." + layer + ".";
      float[] mixed = fused.floats(prefix + "attn_qkv.weight");
      float[] gate = fused.floats(prefix + "attn_gate.weight");
      float[] in = new float[mixed.length + gate.length];
      for (int g = 0; g < 2; g++) {
        rows(mixed, 8 * g, in, 48 * g, 8);
        rows(mixed, 16 + 8 * g, in, 48 * g + 8, 8);
        rows(mixed, 32 + 16 * g, in, 48 * g + 16, 16);
        rows(gate, 16 * g, in, 48 * g + 32, 16);
      }
      fused
          .without(prefix + "attn_qkv.weight")
          .without(prefix + "attn_gate.weight")
          .floats(prefix + "ssm_in.weight", in, WIDTH, 96);
    }
    assertSame(tier, new Altered("qwen3next"), fused);
  }

  private static void rows(float[] from, int fromRow, float[] to, int toRow, int count) {
    System.arraycopy(from, fromRow * WIDTH, to, toRow * WIDTH, count * WIDTH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void theSharedGateAsAMatrix(String tier) throws IOException {
    Altered matrix = new Altered("qwen35moe");
    for (int layer = 0; layer < LAYERS; layer++) {
      String name = "blk." + layer + ".ffn_gate_inp_shexp.weight";
      matrix.floats(name, matrix.floats(name), WIDTH, 1);
    }
    assertSame(tier, new Altered("qwen35moe"), matrix);
  }

  /** A layer of one expert, whose weight is 1, is a dense layer. */
  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void aDenseLayerAmongExperts(String tier) throws IOException {
    Altered single = oneExpert();
    Altered dense = oneExpert().pairs(p -> p.integer("qwen3moe.feed_forward_length", EXPERT_WIDTH));
    Map<String, long[]> parts =
        Map.of(
            "gate", new long[] {WIDTH, EXPERT_WIDTH},
            "up", new long[] {WIDTH, EXPERT_WIDTH},
            "down", new long[] {EXPERT_WIDTH, WIDTH});
    parts.forEach(
        (part, shape) -> {
          String expert = "blk.1.ffn_" + part + "_exps.weight";
          dense.floats("blk.1.ffn_" + part + ".weight", dense.floats(expert), shape);
          dense.without(expert);
        });
    dense.without("blk.1.ffn_gate_inp.weight");
    assertSame(tier, single, dense);
  }

  /** All experts' shares sum to 1 undivided; those of three do not. */
  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void sharesThatAreNotDivided(String tier) throws IOException {
    assertThat(logits(tier, undivided(EXPERTS, true)))
        .containsExactly(logits(tier, undivided(EXPERTS, false)), within(1e-5f));
    assertThat(logits(tier, undivided(3, true)))
        .isEqualTo(logits(tier, new Altered("qwen3moe")))
        .isNotEqualTo(logits(tier, undivided(3, false)));
  }

  private static Altered undivided(int used, boolean norm) {
    return new Altered("qwen3moe")
        .pairs(p -> p.integer("qwen3moe.expert_used_count", used))
        .pairs(p -> p.flag("qwen3moe.expert_weights_norm", norm));
  }

  private static Altered oneExpert() {
    Altered altered =
        new Altered("qwen3moe")
            .pairs(p -> p.integer("qwen3moe.expert_count", 1))
            .pairs(p -> p.integer("qwen3moe.expert_used_count", 1));
    for (int layer = 0; layer < LAYERS; layer++) {
      String prefix = "blk." + layer + ".ffn_";
      first(altered, prefix + "gate_inp.weight", WIDTH, 1);
      first(altered, prefix + "gate_exps.weight", WIDTH, EXPERT_WIDTH, 1);
      first(altered, prefix + "up_exps.weight", WIDTH, EXPERT_WIDTH, 1);
      first(altered, prefix + "down_exps.weight", EXPERT_WIDTH, WIDTH, 1);
    }
    return altered;
  }

  private static void first(Altered altered, String tensor, long... shape) {
    float[] all = altered.floats(tensor);
    altered.floats(tensor, Arrays.copyOf(all, all.length / EXPERTS), shape);
  }

  private void assertSame(String tier, Altered one, Altered other) throws IOException {
    float[] expected = logits(tier, one);
    assertThat(expected).doesNotContain(Float.NaN);
    assertThat(logits(tier, other)).isEqualTo(expected);
  }

  private float[] logits(String tier, Altered altered) throws IOException {
    try (Workers workers = new Workers(2);
        ModelFile file = altered.write(folder);
        Model model = Models.open(file, Selection.choose(tier, workers).kernels(), 64, 1)) {
      int last = IDS.length - 1;
      return LogitsProbe.logits(model, IDS, new int[] {last}, 64, 1).get(last);
    }
  }
}
