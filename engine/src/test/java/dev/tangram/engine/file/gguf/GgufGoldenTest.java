package dev.tangram.engine.file.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.file.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file that the reference writer wrote, and what the reference reader says of it. */
class GgufGoldenTest {
  @Test
  void readsEveryValueType() throws Exception {
    try (GgufFile file = GgufFile.open(golden())) {
      GgufMetadata metadata = file.metadata();
      assertThat(metadata.string("general.architecture")).isEqualTo("llama");
      assertThat(metadata.value("t.u8")).isEqualTo(200L);
      assertThat(metadata.value("t.i8")).isEqualTo(-100L);
      assertThat(metadata.value("t.u16")).isEqualTo(60_000L);
      assertThat(metadata.value("t.i16")).isEqualTo(-30_000L);
      assertThat(metadata.value("t.u32")).isEqualTo(4_000_000_000L);
      assertThat(metadata.value("t.i32")).isEqualTo(-2_000_000_000L);
      assertThat(metadata.value("t.u64")).isEqualTo("9223372036854775809");
      assertThat(metadata.value("t.i64")).isEqualTo(-(1L << 62));
      assertThat(metadata.value("t.f32")).isEqualTo(1e-6);
      assertThat(metadata.value("t.f64")).isEqualTo(0.1);
      assertThat(metadata.value("t.bool")).isEqualTo(true);
      assertThat(metadata.value("t.string")).isEqualTo("Grüße, 世界 😀");
      assertThat(metadata.value("t.bools")).isEqualTo(List.of(true, false));
      assertThat(metadata.value("t.nested")).isEqualTo(List.of(List.of(1L, 2L), List.of(3L)));
      assertThat(metadata.strings("t.strings")).containsExactly("a", "", "ü");
      assertThat(metadata.integers("t.ints")).containsExactly(1, -2, 3);
      assertThat(metadata.numbers("t.floats")).containsExactly(0.5f, -2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "f32, F32, 256 3, 1184, 3072, 398083",
    "f16, F16, 256 3, 4256, 1536, 188933",
    "bf16, BF16, 256 3, 5792, 1536, 198780",
    "q8_0, Q8_0, 256 3, 7328, 816, 108454",
    "q4_0, Q4_0, 256 3, 8160, 432, 55109",
    "q4_1, Q4_1, 256 3, 8608, 480, 59020",
    "q5_0, Q5_0, 256 3, 9088, 528, 65039",
    "q5_1, Q5_1, 256 3, 9632, 576, 71472",
    "q4_k, Q4_K, 256 3, 10208, 432, 56402",
    "q5_k, Q5_K, 256 3, 10656, 528, 65518",
    "q6_k, Q6_K, 256 3, 11200, 630, 79784",
    "one, F32, 1, 11840, 4, 106",
    "cube, F32, 4 3 2, 11872, 96, 4079"
  })
  void findsEveryTensor(String name, String format, String shape, long offset, long bytes, long sum)
      throws Exception {
    try (GgufFile file = GgufFile.open(golden())) {
      Tensor tensor = file.tensors().get(name);
      assertThat(tensor.format()).hasToString(format);
      assertThat(tensor.shape())
          .isEqualTo(List.of(shape.split(" ")).stream().map(Long::valueOf).toList());
      assertThat(tensor.offset()).isEqualTo(offset);
      assertThat(tensor.bytes()).isEqualTo(bytes);
      long found = 0;
      for (byte b : file.data(tensor).toArray(ValueLayout.JAVA_BYTE)) {
        found += b & 0xFF;
      }
      assertThat(found).isEqualTo(sum);
    }
  }

  @Test
  void aCopyIsTheSameFile() throws Exception {
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    try (GgufFile file = GgufFile.open(golden());
        GgufWriter out = new GgufWriter(Channels.newChannel(copy))) {
      out.metadata(file.metadata());
      for (Tensor tensor : file.tensors().values()) {
        out.tensor(
            tensor.name(),
            tensor.format(),
            tensor.shape().stream().mapToLong(Long::longValue).toArray());
      }
      for (Tensor tensor : file.tensors().values()) {
        out.data(file.data(tensor));
      }
    }
    assertThat(copy.toByteArray()).isEqualTo(Files.readAllBytes(golden()));
  }

  private static Path golden() throws URISyntaxException, IOException {
    return Path.of(GgufGoldenTest.class.getResource("/file/gguf-py.gguf").toURI());
  }
}
