package dev.tangram.engine.file.hf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.file.hf.Draft.Entry;
import dev.tangram.engine.file.safetensors.DataType;
import dev.tangram.engine.file.safetensors.SafetensorsBytes;
import dev.tangram.kernel.Format;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints in every form that publishers give them, and those that lie. */
class HfFileTest {
  @TempDir Path folder;

  private static void assertSame(Path found, Path expected) {
    try (ModelFile a = ModelFiles.open(found);
        ModelFile b = ModelFiles.open(expected)) {
      assertThat(a.metadata().asMap()).isEqualTo(b.metadata().asMap());
      assertThat(a.tensors().keySet()).isEqualTo(b.tensors().keySet());
      for (Tensor tensor : b.tensors().values()) {
        Tensor other = a.tensors().get(tensor.name());
        assertThat(other.shape()).as(tensor.name()).isEqualTo(tensor.shape());
        assertThat(other.format()).as(tensor.name()).isEqualTo(tensor.format());
        assertThat(a.data(other).mismatch(b.data(tensor))).as(tensor.name()).isEqualTo(-1);
        if (tensor.shape().size() == 3) {
          for (int i = 0; i < tensor.shape().get(2); i++) {
            assertThat(a.slice(other, i).mismatch(b.slice(tensor, i)))
                .as("%s[%d]", tensor.name(), i)
                .isEqualTo(-1);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "gemma3", "qwen35moe"})
  void aModelInSeveralFilesIsTheSame(String name) {
    assertSame(Draft.of(name).writeSharded(folder, 3), HfGoldenTest.folder(name));
  }

  @Test
  void aFileOfTheFolderOpensTheFolder() {
    Path golden = HfGoldenTest.folder("qwen3");
    assertSame(golden.resolve("model.safetensors"), golden);
    Draft.of("qwen3").writeSharded(folder, 2);
    assertSame(folder.resolve(Draft.shard(0, 2)), golden);
    assertSame(folder.resolve("model.safetensors.index.json"), golden);
  }

  @Test
  void fusedExpertsAreSplit() {
    Draft draft = Draft.of("qwen3next");
    fuse(draft, "model.layers.0.mlp.experts.");
    fuse(draft, "model.layers.1.mlp.experts.");
    assertThat(draft.tensors).containsKey("model.layers.0.mlp.experts.gate_up_proj");
    assertSame(draft.write(folder), HfGoldenTest.folder("qwen3next"));
  }

  private static void fuse(Draft draft, String experts) {
    int count = draft.config.get("num_experts").asInt();
    long inner = draft.config.get("moe_intermediate_size").asInt();
    long width = draft.config.get("hidden_size").asInt();
    ByteBuffer both = ByteBuffer.allocate((int) (count * 2 * inner * width * 4));
    ByteBuffer down = ByteBuffer.allocate((int) (count * inner * width * 4));
    for (int e = 0; e < count; e++) {
      both.put(draft.tensors.remove(experts + e + ".gate_proj.weight").data());
      both.put(draft.tensors.remove(experts + e + ".up_proj.weight").data());
      down.put(draft.tensors.remove(experts + e + ".down_proj.weight").data());
    }
    draft.put(experts + "gate_up_proj", DataType.F32, both.array(), count, 2 * inner, width);
    draft.put(experts + "down_proj", DataType.F32, down.array(), count, width, inner);
  }

  @ParameterizedTest
  @CsvSource({
    "qwen35, qwen3_5, model.language_model., model.visual.blocks.0.w",
    "qwen35moe, qwen3_5_moe, model.language_model., model.visual.blocks.0.w",
    "qwen35moe, qwen3_5_moe, model., visual.merger.w",
    "qwen35-mtp, qwen3_5, model.language_model., model.visual.blocks.0.w",
    "gemma3, gemma3, language_model.model., vision_tower.w",
  })
  void aModelThatAlsoSeesIsReadAsTheTextModel(
      String name, String outer, String prefix, String visual) {
    Draft draft = Draft.of(name);
    Draft nested = new Draft();
    ObjectNode root = draft.config.objectNode();
    root.put("model_type", outer);
    root.set("tie_word_embeddings", draft.config.get("tie_word_embeddings"));
    root.set("text_config", draft.config);
    nested.config = root;
    draft.tensors.forEach(
        (key, entry) ->
            nested.tensors.put(key.replaceFirst("^model\\.(language_model\\.)?", prefix), entry));
    nested.put(visual, DataType.BF16, new byte[8], 2, 2);
    assertSame(nested.write(folder), HfGoldenTest.folder(name));
  }

  @Test
  void aLayerThatPredictsFurtherIsTheBlockAfterTheLast() {
    for (String name : List.of("qwen35-mtp", "qwen3next-mtp")) {
      try (HfFile file = HfFile.open(HfGoldenTest.folder(name))) {
        String a = file.metadata().string("general.architecture");
        assertThat(file.metadata().integer(a + ".block_count", 0, 99)).isEqualTo(5);
        assertThat(file.metadata().integer(a + ".nextn_predict_layers", 0, 99)).isEqualTo(1);
        Map<String, Tensor> tensors = file.tensors();
        assertThat(tensors.get("blk.4.nextn.eh_proj.weight").shape()).containsExactly(64L, 32L);
        assertThat(tensors).containsKeys("blk.4.attn_q.weight", "blk.4.post_attention_norm.weight");
        assertThat(tensors).doesNotContainKey("blk.4.ssm_a");
        Entry norm = Draft.of(name).tensors.get("mtp.pre_fc_norm_hidden.weight");
        float[] expected = norm.floats();
        for (int i = 0; i < expected.length; i++) {
          expected[i] += 1;
        }
        assertThat(floats(file, "blk.4.nextn.hnorm.weight")).isEqualTo(expected);
      }
    }
  }

  private static float[] floats(ModelFile file, String name) {
    Tensor tensor = file.tensors().get(name);
    assertThat(tensor.format()).as(name).isEqualTo(Format.F32);
    return file.data(tensor).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  @Test
  void halvesStayHalvesAndNormsBecomeFloatsBeforeTheyAreShifted() {
    Draft draft = Draft.of("gemma3");
    Draft.of("gemma3")
        .tensors
        .forEach((name, t) -> draft.put(name, DataType.BF16, bf16(t.floats()), t.shape()));
    draft.write(folder);
    try (HfFile file = HfFile.open(folder)) {
      Tensor q = file.tensors().get("blk.2.attn_q.weight");
      assertThat(q.format()).isEqualTo(Format.BF16);
      byte[] stored = draft.tensors.get("model.layers.2.self_attn.q_proj.weight").data();
      assertThat(file.data(q).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(stored);
      byte[] norm = draft.tensors.get("model.layers.2.self_attn.q_norm.weight").data();
      float[] shifted = floats(file, "blk.2.attn_q_norm.weight");
      boolean lost = false;
      for (int i = 0; i < shifted.length; i++) {
        int bits = (norm[2 * i] & 0xFF | norm[2 * i + 1] << 8) << 16;
        assertThat(shifted[i]).isEqualTo(Float.intBitsToFloat(bits) + 1);
        lost |= (Float.floatToRawIntBits(shifted[i]) & 0xFFFF) != 0;
      }
      assertThat(lost).as("some sum needs more bits than BF16 has").isTrue();
    }
  }

  private static byte[] bf16(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort((short) (Float.floatToRawIntBits(value) >> 16));
    }
    return bytes.array();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eightBitFloatsAreMultipliedByTheirScales(boolean fused) {
    String name = fused ? "qwen35moe" : "qwen3next";
    String layers = fused ? "model.language_model.layers." : "model.layers.";
    Draft draft = Draft.of(name);
    draft.config(
        "quantization_config",
        "{\"quant_method\":\"fp8\",\"fmt\":\"e4m3\",\"weight_block_size\":[128,128]}");
    Random random = new Random(5);
    if (fused) {
      quantise(draft, layers + "1.mlp.experts.gate_up_proj", "_scale_inv", true, random);
      quantise(draft, layers + "1.mlp.experts.down_proj", ".weight_scale_inv", true, random);
    } else {
      for (int e = 0; e < 8; e++) {
        String expert = layers + "1.mlp.experts." + e + ".gate_proj.weight";
        quantise(draft, expert, "_scale_inv", e % 2 == 0, random);
      }
    }
    quantise(draft, layers + "3.self_attn.q_proj.weight", "_scale_inv", true, random);
    quantise(draft, layers + "1.linear_attn.out_proj.weight", "_scale_inv", false, random);
    draft.write(folder);
    Draft plain = Draft.of(name);
    draft.tensors.forEach(
        (key, t) -> {
          if (t.type() == DataType.F8_E4M3) {
            byte[] floats = SafetensorsBytes.floats(multiplied(draft, key));
            plain.put(key, DataType.F32, floats, t.shape());
          }
        });
    Path other = folder.resolve("plain");
    assertThat(other.toFile().mkdir()).isTrue();
    assertSame(folder, plain.write(other));
  }

  /** Replaces a tensor by random 8-bit floats and a scale for each matrix. */
  private static void quantise(
      Draft draft, String name, String suffix, boolean half, Random random) {
    Entry entry = draft.tensors.get(name);
    byte[] bytes = new byte[entry.data().length / 4];
    for (int i = 0; i < bytes.length; i++) {
      do {
        bytes[i] = (byte) random.nextInt(256);
      } while ((bytes[i] & 0x7F) == 0x7F);
    }
    draft.put(name, DataType.F8_E4M3, bytes, entry.shape());
    boolean stack = entry.shape().length == 3;
    float[] scales = new float[stack ? (int) entry.shape()[0] : 1];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = half ? (1 + random.nextInt(128) / 128f) / 256 : random.nextFloat();
    }
    byte[] data = half ? bf16(scales) : SafetensorsBytes.floats(scales);
    long[] shape = stack ? new long[] {scales.length, 1, 1} : new long[] {1, 1};
    draft.put(name + suffix, half ? DataType.BF16 : DataType.F32, data, shape);
  }

  private static float[] multiplied(Draft draft, String name) {
    Entry entry = draft.tensors.get(name);
    Entry scale =
        draft.tensors.getOrDefault(
            name + "_scale_inv", draft.tensors.get(name + ".weight_scale_inv"));
    float[] values = new float[entry.data().length];
    int each = (int) (values.length / Arrays.stream(scale.shape()).reduce(1, (a, b) -> a * b));
    for (int i = 0; i < values.length; i++) {
      ByteBuffer scales = ByteBuffer.wrap(scale.data()).order(ByteOrder.LITTLE_ENDIAN);
      float factor =
          scale.type() == DataType.F32
              ? scales.getFloat(i / each * 4)
              : Float.intBitsToFloat(scales.getShort(i / each * 2) << 16);
      values[i] = Fp8Rows.value(entry.data()[i]) * factor;
    }
    return values;
  }

  @Test
  void bothStylesOfRotaryParametersSayTheSame() {
    Draft old = Draft.of("qwen3-yarn");
    old.config.remove("rope_parameters");
    old.config("rope_theta", "10000.0");
    old.config(
        "rope_scaling",
        "{\"type\":\"yarn\",\"factor\":4.0,\"original_max_position_embeddings\":64}");
    assertSame(old.write(folder), HfGoldenTest.folder("qwen3-yarn"));
    Draft gemma = Draft.of("gemma3");
    gemma.config.remove("rope_parameters");
    gemma.config("rope_theta", "1000000.0").config("rope_local_base_freq", "10000.0");
    gemma.config("sliding_window_pattern", "6");
    assertSame(gemma.write(folder), HfGoldenTest.folder("gemma3"));
  }

  @Test
  void expertsWhoseWeightsAreNotDividedAreSaidToBeSo() {
    Draft draft = Draft.of("qwen3moe");
    draft.config.remove("norm_topk_prob");
    try (HfFile file = HfFile.open(draft.write(folder))) {
      assertThat(file.metadata().flag("qwen3moe.expert_weights_norm", true)).isFalse();
    }
  }

  @Test
  void yarnsOtherNumbersAreKept() {
    Draft draft = Draft.of("qwen3-yarn");
    draft.config(
        "rope_parameters",
        "{\"rope_type\":\"yarn\",\"rope_theta\":10000.0,\"factor\":4.0,\"beta_fast\":16,"
            + "\"beta_slow\":2,\"attention_factor\":1.5}");
    try (HfFile file = HfFile.open(draft.write(folder))) {
      assertThat(file.metadata().number("qwen3.rope.scaling.yarn_beta_fast")).isEqualTo(16);
      assertThat(file.metadata().number("qwen3.rope.scaling.yarn_beta_slow")).isEqualTo(2);
      assertThat(file.metadata().number("qwen3.rope.scaling.attn_factor"))
          .isEqualTo((float) (1.5 / (0.1 * Math.log(4) + 1)));
      assertThat(file.metadata().integer("qwen3.rope.scaling.original_context_length", 1, 999))
          .isEqualTo(256);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "qwen2 | model_type | \"qwen4_exp\" | one of qwen2, qwen3",
        "qwen2 | model_type | null | model_type: found nothing",
        "qwen2 | hidden_size | 33 | head_dim: found heads of 0",
        "qwen2 | hidden_size | 64 | shape [96, 32], allowed: [96, 64], by config.json",
        "qwen2 | hidden_size | 1e99 | hidden_size: found 1.0E99",
        "qwen2 | num_hidden_layers | 0 | 1 to 1024",
        "qwen2 | num_hidden_layers | 5 | \"model.layers.4.input_layernorm.weight\": found nothing",
        "qwen2 | num_hidden_layers | 3 | no use for",
        "qwen2 | num_key_value_heads | 3 | a divisor of num_attention_heads 4",
        "qwen2 | vocab_size | 97 | \"model.embed_tokens.weight\": found shape [96, 32]",
        "qwen2 | tie_word_embeddings | \"yes\" | true or false",
        "qwen2 | use_sliding_window | true | use_sliding_window: found true, allowed: false",
        "qwen2 | hidden_act | \"relu\" | hidden_act: found \"relu\", allowed: \"silu\"",
        "qwen2 | layer_types | [\"sliding_attention\"] | one for each of 4 layers",
        "qwen2 | quantization_config | {\"quant_method\":\"gptq\"} | quant_method: found \"gptq\"",
        "qwen2 | quantization_config | {\"quant_method\":\"fp8\",\"weight_block_size\":[1,32]} |"
            + " found [1, 32], allowed: [128, 128]",
        "qwen2 | rope_parameters | {\"rope_type\":\"longrope\",\"rope_theta\":1e4} | rope_type:"
            + " found \"longrope\", allowed: default, linear, yarn, llama3",
        "qwen3 | rope_parameters | {\"rope_type\":\"yarn\",\"rope_theta\":1e4} | factor: found"
            + " nothing",
        "qwen3 | rope_parameters | {} | rope_theta: found nothing",
        "qwen3moe | num_local_experts | 0 | num_local_experts: found 0, allowed: a whole number"
            + " from 1",
        "qwen3moe | num_local_experts | 9 | mlp.gate.weight\": found shape [8, 32], allowed: [9, 32]",
        "qwen3moe | num_local_experts | 7 | mlp.gate.weight\": found shape [8, 32], allowed: [7, 32]",
        "qwen3moe | num_experts_per_tok | 9 | 1 to 8",
        "qwen3moe | norm_topk_prob | 1 | norm_topk_prob: found 1, allowed: true or false",
        "qwen3moe | decoder_sparse_step | 2 | from 1 to 1",
        "qwen3next | linear_num_value_heads | 3 | a multiple of linear_num_key_heads 2",
        "qwen3next | linear_key_head_dim | 9 | in_proj_qkvz.weight\": found shape [96, 32]",
        "qwen3next | layer_types | [\"full_attention\",\"linear_attention\",\"linear_attention\","
            + "\"full_attention\"] | layer_types[1]",
        "qwen35 | attn_output_gate | false | attn_output_gate: found false",
        "qwen35 | mtp_num_hidden_layers | 2 | from 0 to 1",
        "gemma3 | query_pre_attn_scalar | 20 | head_dim 16",
        "gemma3 | final_logit_softcapping | 30.0 | found 30.0, allowed: null",
        "gemma3 | _sliding_window_pattern | 4 | from 6 to 6",
        "llama3 | attention_bias | true | attention_bias: found true",
        "llama3 | rms_norm_eps | 0 | rms_norm_eps: found 0",
      })
  void configsThatLieAreRefusedByField(String name, String field, String json, String reason) {
    Draft draft = Draft.of(name.strip()).config(field.strip(), json.strip());
    if (field.strip().equals("num_hidden_layers")) {
      draft.config.remove("layer_types");
    }
    assertRefused(draft.write(folder), reason.strip());
  }

  private static void assertRefused(Path path, String reason) {
    assertThatThrownBy(() -> ModelFiles.open(path).close())
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(": found ")
        .hasMessageContaining(", allowed: ")
        .hasMessageContaining(reason);
  }

  @Test
  void tensorsThatLieAreRefusedByName() {
    alter(
        d -> d.tensors.remove("model.layers.2.mlp.up_proj.weight"),
        "up_proj.weight\": found nothing");
    alter(
        d -> d.put("model.layers.2.mlp.gate_proj.bias", DataType.F32, new byte[4], 1),
        "no use for");
    alter(d -> d.put("model.norm.weight", DataType.I32, new byte[128], 32), "dtype I32");
    alter(
        d ->
            d.put("model.layers.0.mlp.up_proj.weight", DataType.F8_E4M3, new byte[48 * 32], 48, 32),
        "F8_E4M3 without a tensor \"model.layers.0.mlp.up_proj.weight_scale_inv\"");
    alter(
        d ->
            d.put("model.layers.0.mlp.up_proj.weight", DataType.F8_E4M3, new byte[48 * 32], 48, 32)
                .put(
                    "model.layers.0.mlp.up_proj.weight_scale_inv", DataType.F32, new byte[8], 2, 1),
        "shape [2, 1], allowed: [1, 1]");
  }

  private void alter(Consumer<Draft> change, String reason) {
    Draft draft = Draft.of("qwen2");
    change.accept(draft);
    assertRefused(draft.write(folder), reason);
  }

  @Test
  void anIndexThatLiesIsRefused() throws IOException {
    Draft.of("qwen2").writeSharded(folder, 2);
    Path index = folder.resolve("model.safetensors.index.json");
    String good = Files.readString(index);
    Files.writeString(index, good.replaceFirst("\"lm_head.weight\":\"[^\"]*\",", ""));
    assertRefused(folder, "a tensor that the index leaves out");
    Files.writeString(index, good.replaceFirst("lm_head", "lm_tail"));
    assertRefused(folder, "which has no such tensor");
    Files.writeString(index, good.replace("00001-of", "00009-of"));
    assertRefused(folder, "which is missing");
    Files.writeString(index, good.replace("model-00001-of", "../model-00001-of"));
    assertRefused(folder, "the plain name of a .safetensors file");
    Files.writeString(index, "{\"weight_map\":{}}");
    assertRefused(folder, "tensors in 1 to 4096 files");
    Files.writeString(index, good);
    Files.copy(folder.resolve(Draft.shard(0, 2)), folder.resolve("copy.safetensors"));
    Files.writeString(index, good.replaceFirst(Draft.shard(0, 2), "copy.safetensors"));
    assertRefused(folder, "a second one, after that of");
  }

  @Test
  void folderWithoutAModelSaysSo() throws IOException {
    assertThatThrownBy(() -> ModelFiles.open(folder).close())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("a directory without config.json");
    Files.writeString(folder.resolve("config.json"), Draft.of("qwen2").config.toString());
    assertRefused(folder, "weights: found nothing");
    Files.writeString(folder.resolve("pytorch_model.bin"), "x");
    assertRefused(folder, "a Python pickle");
  }

  @Test
  void aTiedHeadThatWasSavedIsLeftOut() {
    Draft draft = Draft.of("qwen2-tied");
    Entry embedding = draft.tensors.get("model.embed_tokens.weight");
    draft.put("lm_head.weight", embedding.type(), embedding.data(), embedding.shape());
    assertSame(draft.write(folder), HfGoldenTest.folder("qwen2-tied"));
  }

  @Test
  void blocksAtTheEdgesAreSmaller() {
    Random random = new Random(9);
    int rows = 300;
    int columns = 200;
    byte[] data = new byte[rows * columns];
    random.nextBytes(data);
    for (int i = 0; i < data.length; i++) {
      // NaN equals nothing, not even itself.
      data[i] = (data[i] & 0x7F) == 0x7F ? 0 : data[i];
    }
    float[] scales = new float[3 * 2];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = random.nextFloat() + 0.1f;
    }
    Fp8Rows all =
        new Fp8Rows(
            rows,
            columns,
            MemorySegment.ofArray(data),
            MemorySegment.ofArray(SafetensorsBytes.floats(scales)),
            Format.F32);
    float[] whole = all.all().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    float[] part = all.range(127, 140).all().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        float expected = Fp8Rows.value(data[r * columns + c]) * scales[r / 128 * 2 + c / 128];
        assertThat(whole[r * columns + c]).isEqualTo(expected);
        if (r >= 127 && r < 267) {
          assertThat(part[(r - 127) * columns + c]).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void eightBitFloatsHaveTheValuesOfTheStandard() {
    int[] bits = {0, 1, 7, 8, 0x38, 0x3F, 0x77, 0x7E, 0xB8, 0xFE};
    float[] values = {0, 0.001953125f, 0.013671875f, 0.015625f, 1, 1.875f, 240, 448, -1, -448};
    for (int i = 0; i < bits.length; i++) {
      assertThat(Fp8Rows.value(bits[i])).isEqualTo(values[i]);
    }
    assertThat(Fp8Rows.value(0x7F)).isNaN();
    assertThat(Fp8Rows.value(0xFF)).isNaN();
  }

  @Test
  void aTensorOfAnotherFileIsNoTensorOfThis() {
    try (HfFile file = HfFile.open(HfGoldenTest.folder("qwen2"))) {
      Tensor tensor = file.tensors().get("output.weight");
      Tensor other = new Tensor(tensor.name(), tensor.format(), List.of(1L), 0, 4);
      assertThatThrownBy(() -> file.data(other)).isInstanceOf(IllegalArgumentException.class);
      assertThat(file.bytes()).isEqualTo(154752);
    }
  }
}
