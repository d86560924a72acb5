package dev.tangram.engine.file.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
  private static final String A = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

  @TempDir Path folder;

  @Test
  void namesTypesShapesAndBytesComeBack() throws IOException {
    Path path = folder.resolve("model.safetensors");
    Files.write(
        path,
        new SafetensorsBytes()
            .f32("b", new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
            .tensor("empty", DataType.BF16, new byte[0], 0, 7)
            .tensor("one", DataType.F8_E4M3, new byte[] {0x38})
            .bytes());
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.bytes()).isEqualTo(Files.size(path));
      assertThat(file.metadata()).containsEntry("format", "pt");
      assertThat(file.tensors()).containsOnlyKeys("b", "empty", "one");
      StoredTensor b = file.tensors().get("b");
      assertThat(b.shape()).containsExactly(2L, 3L);
      assertThat(b.elements()).isEqualTo(6);
      MemorySegment data = file.data(b);
      assertThat(data.isReadOnly()).isTrue();
      assertThat(data.toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo(SafetensorsBytes.floats(1, 2, 3, 4, 5, 6));
      assertThat(file.tensors().get("empty").elements()).isZero();
      assertThat(file.tensors().get("one").shape()).isEqualTo(List.of());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{A,A} | 8 | a second entry of this name",
        "{A} | 12 | 4 bytes after the last tensor",
        "{A} | 4 | data_offsets [0, 8]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}} | 12 | behind a gap",
        "{A,\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | overlapping",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | 8 | 12, as F32 [3] needs",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | 8 | shape with -2",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,2],\"data_offsets\":[0,8]}} | 8 |"
            + " below 2^63",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}} | 8 | an ordered pair",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}} | 8 | a part missing",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}} | 8 | a whole number",
        "{\"a\":{\"dtype\":\"Q4\",\"shape\":[2],\"data_offsets\":[0,8]}} | 8 | dtype \"Q4\"",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}} | 8 | member \"x\"",
        "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}} | 8 | a part missing",
        "{A}x | 8 | nothing after the value",
        "{A | 8 | the end",
        "[1,2] | 0 | header length",
        "{\"\\ud800\":{}} | 0 | half a surrogate pair",
      })
  void headersThatLieAreRefused(String json, int dataBytes, String reason) throws IOException {
    Path path = folder.resolve("bad.safetensors");
    Files.write(path, SafetensorsBytes.raw(json.strip().replace("A", A), new byte[dataBytes]));
    assertThatThrownBy(() -> SafetensorsFile.open(path).close())
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(": found ")
        .hasMessageContaining(", allowed: ")
        .hasMessageContaining(reason.strip());
  }

  @Test
  void otherContentIsNamed() throws IOException {
    Path path = folder.resolve("model.safetensors");
    Files.write(path, "PK\3\4 and so on, as torch.save writes it".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> SafetensorsFile.open(path).close())
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("a ZIP archive");
    Files.write(
        path, "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> SafetensorsFile.open(path).close())
        .hasMessageContaining("a Git LFS pointer");
    Files.write(path, new byte[3]);
    assertThatThrownBy(() -> SafetensorsFile.open(path).close()).hasMessageContaining("3 bytes");
  }

  @Test
  void whatCannotBeReadIsSaid() {
    assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("none")).close())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("there is no file");
    assertThatThrownBy(() -> SafetensorsFile.open(folder).close())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("not a regular file");
  }
}
