package dev.tangram.engine.file.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.Tensor;
import dev.tangram.kernel.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GgufWriterTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    Path path = folder.resolve("m.gguf");
    byte[] first = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    byte[] second = new byte[34 * 3];
    second[100] = 42;
    try (GgufWriter out = GgufWriter.create(path)) {
      out.string("general.architecture", "qwen2")
          .integer("n", 7)
          .number("eps", 1e-6f)
          .flag("yes", true);
      out.strings("tokens", List.of("a", "", "ü€😀"))
          .integers("types", -1, 0, 7)
          .numbers("scores", 0.5f, -2);
      out.tensor("first", Format.F32, 3).tensor("second", Format.Q8_0, 32, 3);
      out.data(MemorySegment.ofArray(first).asSlice(0, 5))
          .data(MemorySegment.ofArray(first).asSlice(5));
      out.data(MemorySegment.ofArray(second));
    }
    try (GgufFile file = GgufFile.open(path)) {
      GgufMetadata metadata = file.metadata();
      assertThat(metadata.string("general.architecture")).isEqualTo("qwen2");
      assertThat(metadata.integer("n", 0, 10)).isEqualTo(7);
      assertThat(metadata.number("eps")).isEqualTo(1e-6f);
      assertThat(metadata.flag("yes", false)).isTrue();
      assertThat(metadata.strings("tokens")).containsExactly("a", "", "ü€😀");
      assertThat(metadata.integers("types")).containsExactly(-1, 0, 7);
      assertThat(metadata.numbers("scores")).containsExactly(0.5f, -2);
      assertThat(file.path()).isEqualTo(path);
      assertThat(file.bytes()).isEqualTo(Files.size(path));
      assertThat(file.version()).isEqualTo(3);
      assertThat(file.tensors().keySet()).containsExactly("first", "second");
      assertThat(bytes(file, "first")).isEqualTo(first);
      assertThat(bytes(file, "second")).isEqualTo(second);
      assertThat(file.tensors().get("second").shape()).containsExactly(32L, 3L);
      assertThat(file.data(file.tensors().get("first")).isReadOnly()).isTrue();
      assertThatThrownBy(() -> file.data(new Tensor("first", Format.F32, List.of(99L), 0, 396)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aCopyOfTheMetadataKeepsEveryType() throws IOException {
    RawGguf raw = RawGguf.header(0, 14);
    for (ValueType type : List.of(ValueType.U8, ValueType.I8, ValueType.BOOL)) {
      raw.key("scalar." + type, type).u8(1);
    }
    for (ValueType type : List.of(ValueType.U32, ValueType.I32, ValueType.F32)) {
      raw.key("scalar." + type, type).u32(-3);
    }
    for (ValueType type : List.of(ValueType.U64, ValueType.I64, ValueType.F64)) {
      raw.key("scalar." + type, type).u64(-5);
    }
    raw.key("text", ValueType.STRING).string("x");
    raw.key("flags", ValueType.ARRAY).u32(ValueType.BOOL.ordinal()).u64(2).u8(0).u8(1);
    raw.key("nested", ValueType.ARRAY).u32(9).u64(2).u32(8).u64(1).string("deep").u32(0).u64(0);
    raw.key("none", ValueType.ARRAY).u32(9).u64(0);
    raw.key("general.alignment", ValueType.U64).u64(64);
    byte[] original = raw.pad(64).toBytes();
    GgufHeader header = GgufFile.parse(MemorySegment.ofArray(original), "original");
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    new GgufWriter(Channels.newChannel(copy)).metadata(header.metadata()).close();
    assertThat(copy.toByteArray()).isEqualTo(original);
    assertThat(header.metadata().value("scalar.U64")).isEqualTo("18446744073709551611");
    assertThat(header.metadata().value("scalar.I64")).isEqualTo(-5L);
    assertThat(header.metadata().value("nested")).isEqualTo(List.of(List.of("deep"), List.of()));
  }

  @ParameterizedTest
  @EnumSource
  void everyFormatHasItsSize(Format format) throws IOException {
    Path path = folder.resolve(format + ".gguf");
    byte[] data = new byte[3 * format.blockBytes()];
    data[data.length - 1] = 7;
    try (GgufWriter out = GgufWriter.create(path)) {
      out.alignment(64)
          .tensor("w", format, format.blockLength(), 3)
          .data(MemorySegment.ofArray(data));
    }
    try (GgufFile file = GgufFile.open(path)) {
      Tensor tensor = file.tensors().get("w");
      assertThat(tensor.format()).isEqualTo(format);
      assertThat(tensor.offset() % 64).isZero();
      assertThat(tensor.elements()).isEqualTo(3L * format.blockLength());
      assertThat(bytes(file, "w")).isEqualTo(data);
    }
  }

  @Test
  void takesSegmentsOfAnyKind() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    float[] values = new float[50_000];
    values[49_999] = 3;
    try (GgufWriter out = new GgufWriter(Channels.newChannel(bytes))) {
      out.tensor("w", Format.F32, 50_000).data(MemorySegment.ofArray(values));
    }
    MemorySegment written = MemorySegment.ofArray(bytes.toByteArray());
    Tensor tensor = GgufFile.parse(written, "m").tensors().get("w");
    assertThat(written.get(ValueLayout.JAVA_FLOAT_UNALIGNED, tensor.offset() + 4 * 49_999))
        .isEqualTo(3);
  }

  @Test
  void refusesWhatCouldNotBeRead() throws IOException {
    GgufWriter out = new GgufWriter(Channels.newChannel(new ByteArrayOutputStream()));
    assertThatThrownBy(() -> out.tensor("w", Format.Q4_K, 128))
        .hasMessageContaining("no multiple of 256, the block of Q4_K");
    assertThatThrownBy(() -> out.tensor("w", Format.F32)).hasMessageContaining("1 to 4 dimensions");
    assertThatThrownBy(() -> out.tensor("w", Format.F32, 4, 0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> out.alignment(24)).hasMessageContaining("found 24");
    out.tensor("w", Format.F32, 4);
    assertThatThrownBy(() -> out.tensor("w", Format.F32, 4))
        .hasMessage("tensor w is declared twice");
    assertThatThrownBy(() -> out.data(MemorySegment.ofArray(new byte[17])))
        .hasMessage("17 bytes given to tensor w, which takes 16 more");
    assertThatThrownBy(() -> out.integer("late", 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(out::close).hasMessage("tensor w has 0 of 16 bytes");
  }

  @Test
  void refusesMoreDataThanDeclared() throws IOException {
    GgufWriter out = new GgufWriter(Channels.newChannel(new ByteArrayOutputStream()));
    assertThatThrownBy(() -> out.data(MemorySegment.ofArray(new byte[1])))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void doesNotOverwrite() throws IOException {
    Path path = Files.write(folder.resolve("there.gguf"), new byte[1]);
    assertThatThrownBy(() -> GgufWriter.create(path))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void filesThatCannotBeReadGetOneSentence() throws IOException {
    assertThatThrownBy(() -> GgufFile.open(folder.resolve("absent.gguf")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("there is no file " + folder.resolve("absent.gguf"));
    assertThatThrownBy(() -> GgufFile.open(folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(folder + " is a directory, not a model file");
    Path device = Path.of("/dev/zero");
    Assumptions.assumeTrue(Files.exists(device));
    assertThatThrownBy(() -> GgufFile.open(device)).hasMessage("/dev/zero is not a regular file");
  }

  @Test
  void closingTwiceIsHarmlessAndReadingAfterwardsThrows() throws IOException {
    Path path = folder.resolve("m.gguf");
    try (GgufWriter out = GgufWriter.create(path)) {
      out.string("k", "v").tensor("w", Format.F32, 1).data(MemorySegment.ofArray(new byte[4]));
    }
    GgufFile file = GgufFile.open(path);
    MemorySegment data = file.data(file.tensors().get("w"));
    file.close();
    file.close();
    assertThatThrownBy(() -> data.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file.metadata().string("k")).isEqualTo("v");
  }

  private static byte[] bytes(GgufFile file, String name) {
    return file.data(file.tensors().get(name)).toArray(ValueLayout.JAVA_BYTE);
  }
}
