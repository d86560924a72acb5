package dev.tangram.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.model.Golden;
import dev.tangram.engine.model.LogitsProbe;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.model.Models;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import dev.tangram.kernel.quant.Blocks;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole files: what is in them, what a model says with them, and what is refused. */
class QuantizationTest {
  private static final int[] IDS = {1, 5, 9, 33, 70, 2, 41, 95};

  @TempDir private Path folder;

  private final Workers workers = new Workers(2);
  private Path target;

  @BeforeEach
  void names() {
    target = folder.resolve("out.gguf");
  }

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  private Rewritten run(Path source, Mix mix, boolean requantize) {
    try (ModelFile file = ModelFiles.open(source)) {
      return Quantization.run(file, target, mix, requantize, workers, bytes -> {});
    }
  }

  private float[] logits(Path path) {
    try (ModelFile file = ModelFiles.open(path);
        Model model =
            Models.open(file, Selection.choose("auto", workers).kernels(), 64, IDS.length)) {
      return LogitsProbe.logits(model, IDS, new int[] {IDS.length - 1}, 64, IDS.length)
          .get(IDS.length - 1);
    }
  }

  /** How far logits may be off, as a share of their spread: by the bits of the mix. */
  private static double distance(Mix mix) {
    return switch (mix) {
      case F32 -> 0;
      case F16 -> 0.003;
      case BF16 -> 0.02;
      case Q8_0 -> 0.05;
      case Q6_K -> 0.1;
      case Q5_K_M, Q5_1, Q5_0 -> 0.25;
      case Q4_K_M, Q4_1, Q4_0 -> 0.5;
    };
  }

  @ParameterizedTest
  @EnumSource
  void aModelSaysNearlyTheSame(Mix mix) throws IOException {
    Path source = new WideModel().write(folder.resolve("in.gguf"));

    Rewritten done = run(source, mix, false);

    float[] before = logits(source);
    float[] after = logits(target);
    double spread = 0;
    double off = 0;
    for (int i = 0; i < before.length; i++) {
      spread += before[i] * before[i];
      off += (before[i] - after[i]) * (before[i] - after[i]);
    }
    assertThat(Math.sqrt(off / spread)).isLessThanOrEqualTo(distance(mix));
    assertThat(mix == Mix.F32 || off > 0).isTrue();
    assertThat(done.bytes()).isEqualTo(Files.size(target));
    assertThat(done.fallbacks()).isZero();
    assertThat(done.bitsPerWeight())
        .isBetween(
            8.0 * mix.format().blockBytes() / mix.format().blockLength(),
            8.0 * mix.format().blockBytes() / mix.format().blockLength() + 1);
  }

  @ParameterizedTest
  @EnumSource
  void everyBlockIsWhatTheFloatsGive(Mix mix) throws IOException {
    WideModel model = new WideModel();
    Path source = model.write(folder.resolve("in.gguf"));
    run(source, mix, false);

    try (ModelFile file = ModelFiles.open(target);
        ModelFile original = ModelFiles.open(source)) {
      Map<String, Format> formats = TensorMix.of(original, mix);
      assertThat(file.tensors().keySet()).containsExactlyElementsOf(original.tensors().keySet());
      for (Tensor tensor : file.tensors().values()) {
        assertThat(tensor.format()).isEqualTo(formats.get(tensor.name()));
        float[] x = model.values(tensor.name());
        byte[] blocks = new byte[Math.toIntExact(tensor.bytes())];
        Blocks.write(tensor.format(), x, 0, x.length, MemorySegment.ofArray(blocks), 0);
        assertThat(file.data(tensor).toArray(ValueLayout.JAVA_BYTE))
            .as(tensor.name())
            .isEqualTo(blocks);
      }
    }
  }

  @Test
  void allPairsAreKeptButTheTwoThatChange() throws IOException {
    Path source = new WideModel().write(folder.resolve("in.gguf"));
    run(source, Mix.Q4_K_M, false);

    try (ModelFile file = ModelFiles.open(target);
        ModelFile original = ModelFiles.open(source)) {
      Map<String, Object> expected = new LinkedHashMap<>(original.metadata().asMap());
      expected.put("general.file_type", 15L);
      expected.put("general.quantization_version", 2L);
      assertThat(file.metadata().asMap()).isEqualTo(expected);
    }
  }

  /** Rows of 32 and 48 weights: blocks of 32, and halves where not even those fit. */
  @Test
  void shortRowsFallBack() {
    Rewritten done = run(Golden.load("llama3").file(), Mix.Q4_K_M, false);

    assertThat(done.fallbacks()).isPositive();
    try (ModelFile file = ModelFiles.open(target)) {
      assertThat(file.tensors().get("blk.0.attn_q.weight").format()).isEqualTo(Format.Q5_0);
      assertThat(file.tensors().get("blk.0.ffn_down.weight").format()).isEqualTo(Format.F16);
      assertThat(file.tensors().get("output.weight").format()).isEqualTo(Format.Q8_0);
      assertThat(file.tensors().get("blk.0.attn_norm.weight").format()).isEqualTo(Format.F32);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "qwen2-tied", "qwen3", "gemma3", "llama3"})
  void goldenModelsKeepTheirWords(String name) {
    Golden golden = Golden.load(name);
    run(golden.file(), Mix.Q8_0, false);

    float[] before = logits(golden.file());
    float[] after = logits(target);
    for (int i = 0; i < before.length; i++) {
      assertThat(Math.abs(after[i] - before[i])).isLessThan(0.05f);
    }
  }

  @Test
  void halvesAreSourcesToo() throws IOException {
    WideModel model = new WideModel();
    for (Format format : List.of(Format.F16, Format.BF16)) {
      Path source = model.stored(format).write(folder.resolve(format + ".gguf"));
      run(source, Mix.Q8_0, false);
      try (ModelFile file = ModelFiles.open(target);
          ModelFile original = ModelFiles.open(source)) {
        Tensor tensor = file.tensors().get("blk.3.ffn_up.weight");
        Tensor from = original.tensors().get(tensor.name());
        float[] x = new float[(int) tensor.elements()];
        Blocks.read(format, original.data(from), 0, x.length, x, 0);
        byte[] blocks = new byte[Math.toIntExact(tensor.bytes())];
        Blocks.write(Format.Q8_0, x, 0, x.length, MemorySegment.ofArray(blocks), 0);
        assertThat(file.data(tensor).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(blocks);
      }
      Files.delete(target);
    }
  }

  @Test
  void roundedWeightsAreNotRoundedAgainUnlessAllowed() throws IOException {
    Path source = new WideModel().stored(Format.Q8_0).write(folder.resolve("in.gguf"));

    assertThatThrownBy(() -> run(source, Mix.Q4_0, false))
        .isInstanceOf(QuantizeException.class)
        .hasMessageContaining("is Q8_0 already")
        .hasMessageContaining("--allow-requantize");
    assertThat(names(folder)).containsExactly("in.gguf");

    run(source, Mix.Q4_0, true);
    assertThat(logits(target)).hasSize(WideModel.VOCABULARY);
  }

  /** What has its type already is copied, so no permission is needed. */
  @Test
  void whatHasItsTypeIsCopied() throws IOException {
    Path source = new WideModel().stored(Format.Q8_0).write(folder.resolve("in.gguf"));
    run(source, Mix.Q8_0, false);
    assertThat(logits(target)).isEqualTo(logits(source));
  }

  @Test
  void anExistingFileIsLeftAlone() throws IOException {
    Path source = new WideModel().write(folder.resolve("in.gguf"));
    Files.writeString(target, "mine");

    assertThatThrownBy(() -> run(source, Mix.Q8_0, false))
        .isInstanceOf(QuantizeException.class)
        .hasMessageContaining("out.gguf exists already");
    assertThat(target).hasContent("mine");

    target = source;
    assertThatThrownBy(() -> run(source, Mix.Q8_0, false)).hasMessageContaining("exists already");
    target = folder.resolve("no").resolve("out.gguf");
    assertThatThrownBy(() -> run(source, Mix.Q8_0, false)).hasMessageContaining("no folder");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e9f})
  void weightsThatNoBlockCanHoldAreNamed(float value) throws IOException {
    int index = 37 * WideModel.WIDTH + 130;
    Path source =
        new WideModel().set("blk.4.ffn_up.weight", index, value).write(folder.resolve("in.gguf"));

    assertThatThrownBy(() -> run(source, Mix.Q8_0, false))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("in.gguf: tensor \"blk.4.ffn_up.weight\", weight 130 of row 37")
        .hasMessageContaining("byte " + 4 * index)
        .hasMessageContaining("found " + value);
    assertThat(names(folder)).containsExactly("in.gguf");
  }

  @Test
  void aFileCutWhileItIsReadIsAnError() throws IOException {
    Path source = new WideModel().write(folder.resolve("in.gguf"));
    try (ModelFile file = ModelFiles.open(source)) {
      try (FileChannel channel = FileChannel.open(source, StandardOpenOption.WRITE)) {
        channel.truncate(file.bytes() / 2);
      }
      assertThatThrownBy(
              () -> Quantization.run(file, target, Mix.Q8_0, false, workers, bytes -> {}))
          .isInstanceOf(QuantizeException.class)
          .hasMessageContaining("became shorter");
    }
    assertThat(names(folder)).containsExactly("in.gguf");
  }

  @Test
  void progressEndsAtTheWhole() throws IOException {
    Path source = new WideModel().write(folder.resolve("in.gguf"));
    List<Long> told = new ArrayList<>();
    try (ModelFile file = ModelFiles.open(source)) {
      Quantization.run(file, target, Mix.Q4_0, false, workers, told::add);
      assertThat(told).isSorted().last().isEqualTo(Quantization.bytes(file));
    }
  }

  @Test
  void aMixIsFoundByItsName() {
    assertThat(Mix.of("q4_k_m")).isEqualTo(Mix.Q4_K_M);
    assertThat(Mix.of("Q8_0")).isEqualTo(Mix.Q8_0);
    assertThatThrownBy(() -> Mix.of("q9"))
        .hasMessage(
            "type: found q9, allowed: f32, f16, bf16, q8_0, q6_k, q5_k_m, q5_1, q5_0, q4_k_m, q4_1,"
                + " q4_0");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
