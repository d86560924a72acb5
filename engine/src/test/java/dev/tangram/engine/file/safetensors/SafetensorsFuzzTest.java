package dev.tangram.engine.file.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.json.JsonMutants;
import dev.tangram.engine.file.json.Judge;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MF-1 for safetensors files: headers of every type of element, mutated, with the data behind. */
@Tag("fuzz")
class SafetensorsFuzzTest {
  private static final String NAME = "mutant.safetensors";
  private static final int EVERY_NTH_AS_A_FILE = 100;
  private static final long SEED = Judge.seed(SafetensorsFuzzTest.class);

  @TempDir Path folder;

  private final List<byte[]> files = corpus();
  private final JsonMutants headers =
      new JsonMutants(files.stream().map(SafetensorsFuzzTest::json).toList(), SEED);

  /** At least 18 sound files: one of each type, shapes of every depth, no tensors at all. */
  private static List<byte[]> corpus() {
    List<byte[]> files = new ArrayList<>();
    for (DataType type : DataType.values()) {
      int b = type.bytes();
      files.add(
          new SafetensorsBytes()
              .tensor("a.weight", type, new byte[6 * b], 2, 3)
              .tensor("empty", type, new byte[0], 0, 5)
              .tensor("scalar", type, new byte[b])
              .tensor("deep", type, new byte[8 * b], 1, 2, 1, 2, 2)
              .bytes());
    }
    files.add(SafetensorsBytes.raw("{}", new byte[0]));
    files.add(SafetensorsBytes.raw("{\"__metadata__\":{\"a\":\"b\"}}   ", new byte[0]));
    SafetensorsBytes many = new SafetensorsBytes();
    for (int i = 0; i < 12; i++) {
      many.f32("t" + i, new float[] {i, -i}, 2);
    }
    files.add(many.bytes());
    return files;
  }

  private static byte[] json(byte[] file) {
    long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return Arrays.copyOfRange(file, 8, 8 + (int) length);
  }

  private byte[] mutant(int number) {
    SplittableRandom random = new SplittableRandom(SEED ^ number);
    byte[] file = files.get(number % files.size());
    int way = random.nextInt(10);
    if (way == 0) {
      return Arrays.copyOf(file, random.nextInt(file.length));
    }
    if (way == 1) {
      long[] lengths = {
        0,
        1,
        2,
        -1,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0xFFFF_FFFFL,
        100_000_001,
        file.length,
        file.length - 8,
        file.length - 7,
        json(file).length + 1,
        json(file).length - 1
      };
      byte[] lying = file.clone();
      ByteBuffer.wrap(lying)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(0, lengths[random.nextInt(lengths.length)]);
      return lying;
    }
    byte[] header = headers.mutant(number);
    byte[] data = Arrays.copyOfRange(file, 8 + json(file).length, file.length);
    if (way == 2) {
      data = Arrays.copyOf(data, random.nextInt(2 * data.length + 2));
    }
    return ByteBuffer.allocate(8 + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .put(data)
        .array();
  }

  @Test
  void theCorpusIsSound() {
    assertThat(files.size()).isGreaterThanOrEqualTo(18);
    for (byte[] file : files) {
      assertThat(SafetensorsHeader.parse(MemorySegment.ofArray(file), NAME)).isNotNull();
      for (int length = 0; length < file.length; length++) {
        byte[] cut = Arrays.copyOf(file, length);
        assertThat(parses(cut)).as("cut to %d of %d", length, file.length).isFalse();
      }
    }
  }

  @Test
  void everyMutantIsReadOrRefusedWithAReason() {
    Map<String, Integer> ends =
        Judge.all(
            this::mutant,
            1,
            NAME + ": ",
            (mutant, number) -> {
              SafetensorsHeader header =
                  SafetensorsHeader.parse(MemorySegment.ofArray(mutant), NAME);
              long covered = 8 + json(mutant).length;
              for (StoredTensor tensor : header.tensors().values()) {
                if (tensor.extent().offset() != covered
                    || tensor.shape().stream().reduce((long) tensor.type().bytes(), (a, b) -> a * b)
                        != tensor.extent().size()) {
                  throw new AssertionError("wrong place or size: " + tensor);
                }
                covered = tensor.extent().end();
              }
              if (covered != mutant.length) {
                throw new AssertionError("bytes left over");
              }
              return "read";
            });
    if (Judge.isWhole()) {
      assertThat(ends.get("read")).isGreaterThan(Judge.MUTANTS / 50);
      assertThat(ends.get(Judge.REFUSED)).isGreaterThan(Judge.MUTANTS / 3);
    }
  }

  @Test
  void filesEndLikeMemoryAndLeaveNothingMapped() {
    Path path = folder.resolve(NAME);
    long before = mapped();
    Judge.all(
        this::mutant,
        EVERY_NTH_AS_A_FILE,
        folder.toString(),
        (mutant, number) -> {
          try {
            Files.write(path, mutant);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          boolean opened = false;
          try (SafetensorsFile file = SafetensorsFile.open(path)) {
            file.tensors()
                .values()
                .forEach(t -> assertThat(file.data(t).byteSize()).isNotNegative());
            opened = true;
          } finally {
            assertThat(opened).as("as in memory").isEqualTo(parses(mutant));
          }
          return "read";
        });
    assertThat(mapped()).isEqualTo(before);
  }

  private static boolean parses(byte[] bytes) {
    try {
      return SafetensorsHeader.parse(MemorySegment.ofArray(bytes), NAME) != null;
    } catch (ModelFormatException e) {
      return false;
    }
  }

  private static long mapped() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("mapped"))
        .mapToLong(BufferPoolMXBean::getCount)
        .sum();
  }
}
