package dev.tangram.engine.packed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.packed.Copies.Opened;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.PackedForms;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy gives the model that the file gives, or is made anew. */
class ModelCopyTest {
  @TempDir private Path root;
  private Copies copies;
  private LogLines log;

  @BeforeEach
  void begin() {
    copies = new Copies(root.resolve("packed"));
    log = new LogLines();
  }

  @AfterEach
  void end() {
    log.close();
  }

  private Path model(String name) {
    return Copies.golden(name, root.resolve("model.gguf"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"qwen2", "qwen2-tied", "gemma3", "llama3", "qwen3moe", "qwen35", "qwen3next"})
  void theSecondOpenReadsWhatTheFirstPackedAndSaysTheSameBits(String name) {
    Path model = model(name);
    for (String tier : new String[] {"auto", "vector"}) {
      copies.tier = tier;
      Opened packed = new Copies(PackedCopies.OFF, Disk.REAL).open(model);
      Opened first = copies.open(model);
      Opened second = copies.open(model);
      // The vector tier finds what the machine tier made: their panels are the same.
      assertThat(first.fromCopy()).isEqualTo(tier.equals("vector"));
      assertThat(second.fromCopy()).isTrue();
      assertThat(first).isEqualTo(packed);
      assertThat(second).isEqualTo(packed);
      assertThat(second.weightBytes()).isEqualTo(packed.weightBytes());
    }
    assertThat(copies.files()).hasSize(1);
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void aCheckpointsFolderHasACopyToo() throws IOException {
    Path folder = Files.createDirectory(root.resolve("checkpoint"));
    for (String name : new String[] {"config.json", "model.safetensors"}) {
      try (var in = ModelCopyTest.class.getResourceAsStream("/golden/qwen3/" + name)) {
        Files.copy(in, folder.resolve(name));
      }
    }
    Opened first = copies.open(folder);
    Opened second = copies.open(folder);
    assertThat(second.fromCopy()).isTrue();
    assertThat(second).isEqualTo(first);

    Files.writeString(
        folder.resolve("config.json"), Files.readString(folder.resolve("config.json")) + "\n");
    assertThat(copies.open(folder).fromCopy()).isFalse();
  }

  @Test
  void theScalarTierReadsTheFileItself() {
    copies.tier = "scalar";
    assertThat(copies.open(model("qwen2")).fromCopy()).isFalse();
    assertThat(copies.files()).isEmpty();
  }

  @Test
  void aByteThatChangedAnywhereIsNoticedOrWithoutMeaning() throws IOException {
    Path model = model("qwen2");
    Opened packed = copies.open(model);
    Path copy = copies.copyOf(model);
    byte[] good = Files.readAllBytes(copy);
    int headEnd = java.nio.ByteBuffer.wrap(good).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(12);
    int dataAt = (headEnd + 4095) / 4096 * 4096;
    long seed = System.nanoTime();
    System.out.println("ModelCopyTest seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      // Every byte of the fixed part, then some of the head, of the padding and of the data.
      int at =
          round < 32
              ? round
              : switch (round % 4) {
                case 0 -> random.nextInt(headEnd);
                case 1 -> headEnd + random.nextInt(dataAt - headEnd);
                default -> dataAt + random.nextInt(good.length - dataAt);
              };
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(copy, bad);
      Opened opened = copies.open(model);
      assertThat(opened).as("byte %d", at).isEqualTo(packed);
      boolean padding = at >= headEnd && at < dataAt;
      assertThat(opened.fromCopy()).as("byte %d", at).isEqualTo(padding);
      if (!padding) {
        assertThat(Files.readAllBytes(copy)).as("made anew after byte %d", at).isEqualTo(good);
      }
    }
    assertThat(log.lines()).isNotEmpty().allMatch(line -> line.contains(copy.toString()));
  }

  @Test
  void aCopyThatIsCutOrGrewOrIsSomethingElseIsMadeAnew() throws IOException {
    Path model = model("qwen2");
    Opened packed = copies.open(model);
    Path copy = copies.copyOf(model);
    byte[] good = Files.readAllBytes(copy);
    for (int length : new int[] {0, 1, 31, 32, 100, 4096, good.length / 2, good.length - 1}) {
      Files.write(copy, Arrays.copyOf(good, length));
      Opened opened = copies.open(model);
      assertThat(opened.fromCopy()).as("%d bytes", length).isFalse();
      assertThat(opened).isEqualTo(packed);
      assertThat(Files.readAllBytes(copy)).isEqualTo(good);
    }
    Files.write(copy, Arrays.copyOf(good, good.length + 64));
    assertThat(copies.open(model).fromCopy()).isFalse();
    Files.copy(model, copy, StandardCopyOption.REPLACE_EXISTING);
    assertThat(copies.open(model).fromCopy()).isFalse();
    assertThat(Files.readAllBytes(copy)).isEqualTo(good);
    assertThat(log.lines()).hasSize(10);
  }

  @Test
  void aModelThatWasOverwrittenWithItsOldTimeRestoredIsNotTheOneThatWasCopied() throws IOException {
    Path model = model("qwen2");
    FileTime time = Files.getLastModifiedTime(model);
    Opened old = copies.open(model);

    byte[] bytes = Files.readAllBytes(model);
    // A norm's weights stand at the end: other finite floats, the same size.
    for (int at = bytes.length - 64; at < bytes.length; at += 4) {
      bytes[at + 1] ^= 0x55;
    }
    try (var channel = Files.newByteChannel(model, java.nio.file.StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(bytes));
    }
    Files.setLastModifiedTime(model, time);

    Opened changed = copies.open(model);
    assertThat(changed.fromCopy()).isFalse();
    assertThat(changed).isEqualTo(new Copies(PackedCopies.OFF, Disk.REAL).open(model));
    assertThat(changed).isNotEqualTo(old);
    assertThat(log.lines()).singleElement().asString().contains("replaced or changed");
  }

  @Test
  void anotherModelUnderTheSameNameHasItsOwnCopy() {
    Path model = model("qwen2");
    copies.open(model);
    model("qwen3");
    Opened other = copies.open(model);
    assertThat(other.fromCopy()).isFalse();
    assertThat(other).isEqualTo(new Copies(PackedCopies.OFF, Disk.REAL).open(model));
    assertThat(copies.open(model).fromCopy()).isTrue();
    assertThat(copies.files()).hasSize(1);
  }

  @Test
  void aCopyOfAnotherLayoutIsNeverRead() {
    Path model = model("qwen2");
    Opened now = copies.open(model);
    Opened next = copies.open(model, forms -> new Renamed(forms, "2"));
    assertThat(next.fromCopy()).isFalse();
    assertThat(next).isEqualTo(now);
    assertThat(copies.open(model, forms -> new Renamed(forms, "2")).fromCopy()).isTrue();
    assertThat(copies.open(model).fromCopy()).isFalse();
    assertThat(log.lines()).hasSize(2).allMatch(line -> line.contains("another version"));
  }

  /** The same panels under another name. */
  private record Renamed(PackedForms forms, String mark) implements PackedForms {
    @Override
    public String name(Format format) {
      return forms.name(format) + mark;
    }

    @Override
    public long bytes(Format format, int rows, int columns) {
      return forms.bytes(format, rows, columns);
    }

    @Override
    public MemorySegment bytes(Matrix matrix) {
      return forms.bytes(matrix);
    }

    @Override
    public MemorySegment reserve(long bytes, Arena arena) {
      return forms.reserve(bytes, arena);
    }

    @Override
    public Matrix matrix(Format format, int rows, int columns, MemorySegment bytes) {
      return forms.matrix(format, rows, columns, bytes);
    }
  }

  @Test
  void removingDeletesTheCopyAndOffNeitherReadsNorMakesOne() throws IOException {
    Path model = model("qwen2");
    copies.open(model);
    assertThat(copies.settings.bytes(model)).hasValue(Files.size(copies.copyOf(model)));
    assertThat(copies.settings.remove(model)).isTrue();
    assertThat(copies.settings.remove(model)).isFalse();
    assertThat(copies.settings.bytes(model)).isEmpty();
    assertThat(copies.files()).isEmpty();

    Copies off = new Copies(new PackedCopies(root.resolve("packed"), 0), Disk.REAL);
    assertThat(off.open(model).fromCopy()).isFalse();
    assertThat(copies.files()).isEmpty();
  }
}
