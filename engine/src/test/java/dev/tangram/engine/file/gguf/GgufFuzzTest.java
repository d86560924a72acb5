package dev.tangram.engine.file.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.file.gguf.ModelTrial.Outcome;
import dev.tangram.engine.file.gguf.Mutants.Mutant;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * MF-1: whatever is in a file, opening it ends in a loaded file or in a {@link
 * ModelFormatException} that says where and why, soon and in little memory. Runs with a heap of 256
 * MiB; {@code -Dseed=S -Dmutant=N} replays one mutant.
 */
@Tag("fuzz")
class GgufFuzzTest {
  private static final int MUTANTS = Integer.getInteger("mutants", 200_000);
  private static final int EVERY_NTH_AS_A_FILE = 100;
  private static final int EVERY_NTH_FOR_ALL_ACCESSORS = 8;
  private static final long SEED = Long.getLong("seed", System.nanoTime() & 0xFFFF_FFFFL);
  private static final Integer ONLY = Integer.getInteger("mutant");
  private static final long NANOS_MAX = 1_000_000_000;
  private static final long ALLOCATION_SLACK = 16 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final String NAME = "mutant.gguf";

  private static final String REFUSED = "file refused";
  private static final String NO_MODEL = "file without a model loaded";
  private static final String MODEL_REFUSED = "model refused";
  private static final ModelTrial MODEL = new ModelTrial();

  private static List<Sample> samples;
  private static Mutants mutants;

  @TempDir Path folder;

  @BeforeAll
  static void corpus() {
    samples = Corpus.samples();
    mutants = new Mutants(samples, SEED);
    System.out.println(
        "seed="
            + SEED
            + ": mvn -pl engine -am test -Dtest=GgufFuzzTest -Dseed="
            + SEED
            + " [-Dmutant=N]");
  }

  @Test
  void everySampleOfTheCorpusLoads() {
    assertThat(samples.size()).isGreaterThanOrEqualTo(18);
    for (Sample sample : samples) {
      GgufHeader header = GgufFile.parse(MemorySegment.ofArray(sample.bytes()), sample.name());
      assertThat(header.metadata().keys().size())
          .as(sample.name())
          .isEqualTo(sample.pairs().size());
      assertThat(TokenizerTrial.run(MemoryModelFile.of(sample.bytes(), sample.name())).isPresent())
          .isEqualTo(sample.isModel());
      if (sample.isModel()) {
        MemoryModelFile file = MemoryModelFile.of(sample.bytes(), sample.name());
        assertThat(MODEL.run(file, 0)).isEqualTo(Outcome.GENERATED);
        assertThat(MODEL.run(file, 1)).isEqualTo(Outcome.GENERATED);
      }
    }
  }

  @Test
  void everyMutantLoadsOrIsRefusedWithAReason() {
    Map<String, Integer> ends = new TreeMap<>();
    forEach(1, number -> ends.merge(judge(mutants.mutant(number), number), 1, Integer::sum));
    System.out.println(ends);
    if (ONLY == null && MUTANTS >= 100_000) {
      // No way to end may be so rare that the test looks at one thing only.
      assertThat(ends.get(REFUSED)).isGreaterThan(MUTANTS / 3);
      assertThat(ends.get(NO_MODEL)).isGreaterThan(MUTANTS / 20);
      assertThat(ends.get(MODEL_REFUSED)).isGreaterThan(MUTANTS / 200);
      assertThat(ends.get(Outcome.GENERATED.toString())).isGreaterThan(MUTANTS / 100);
      // Weights of 1e30 are finite, and sums of them are not: the engine's typed error, and rare.
      assertThat(ends.getOrDefault(Outcome.NOT_FINITE.toString(), 0)).isLessThan(MUTANTS / 1000);
    }
  }

  @Test
  void filesEndLikeMemoryAndLeaveNothingMapped() throws IOException {
    Path path = folder.resolve("mutant.gguf");
    long before = mapped();
    forEach(
        EVERY_NTH_AS_A_FILE,
        number -> {
          Mutant mutant = mutants.mutant(number);
          try {
            Files.write(path, mutant.bytes());
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          assertThat(opens(path)).as("as in memory").isEqualTo(parses(mutant));
        });
    assertThat(mapped()).isEqualTo(before);
  }

  private static boolean opens(Path path) {
    try (ModelFile file = GgufFile.open(path)) {
      file.tensors()
          .values()
          .forEach(tensor -> assertThat(file.data(tensor).byteSize()).isEqualTo(tensor.bytes()));
      return true;
    } catch (ModelFormatException e) {
      assertThat(e).hasMessageStartingWith(path + ": ");
      return false;
    }
  }

  private static boolean parses(Mutant mutant) {
    try {
      GgufFile.parse(MemorySegment.ofArray(mutant.bytes()), NAME);
      return true;
    } catch (ModelFormatException e) {
      return false;
    }
  }

  /** How the mutant ends; throws if that is in any other way than it may. */
  private static String judge(Mutant mutant, int number) {
    MemorySegment bytes = MemorySegment.ofArray(mutant.bytes());
    long thread = Thread.currentThread().threadId();
    long allocated = THREADS.getThreadAllocatedBytes(thread);
    // Of the processor, not of the wall: other work on the machine is not the reader's fault.
    long start = THREADS.getCurrentThreadCpuTime();
    GgufHeader header = null;
    ModelFormatException refusal = null;
    try {
      header = GgufFile.parse(bytes, NAME);
    } catch (ModelFormatException e) {
      refusal = e;
    }
    long nanos = THREADS.getCurrentThreadCpuTime() - start;
    allocated = THREADS.getThreadAllocatedBytes(thread) - allocated;
    if (allocated > 8L * mutant.bytes().length + ALLOCATION_SLACK) {
      throw new AssertionError(
          "%d bytes allocated for a file of %d".formatted(allocated, mutant.bytes().length));
    }
    if (nanos > NANOS_MAX) {
      throw new AssertionError("took %d ms of processor time".formatted(nanos / 1_000_000));
    }
    if (refusal != null) {
      checkReason(refusal);
      return REFUSED;
    }
    checkTensors(header, mutant.bytes().length);
    if (ONLY != null || number % EVERY_NTH_FOR_ALL_ACCESSORS == 0) {
      checkAccessors(header.metadata());
    }
    return mutant.sample().isModel()
        ? run(new MemoryModelFile(Path.of(NAME), bytes, header), number)
        : NO_MODEL;
  }

  private static String run(ModelFile file, int number) {
    try {
      TokenizerTrial.run(file);
      return MODEL.run(file, number).toString();
    } catch (ModelFormatException e) {
      checkReason(e);
      return MODEL_REFUSED;
    }
  }

  private static void checkReason(ModelFormatException refusal) {
    String message = refusal.getMessage();
    int found = message.indexOf(": found ");
    boolean complete =
        message.startsWith(NAME + ": ")
            && found > NAME.length() + 2
            && message.indexOf(", allowed: ") > found
            && message.lines().count() == 1
            && message.length() < 600;
    if (!complete) {
      throw new AssertionError("no file, field or reason in: " + message);
    }
  }

  private static void checkTensors(GgufHeader header, long size) {
    for (Tensor tensor : header.tensors().values()) {
      if (tensor.offset() < 0 || tensor.bytes() < 1 || tensor.bytes() > size - tensor.offset()) {
        throw new AssertionError("outside the file: " + tensor);
      }
      if (tensor.elements() / tensor.format().blockLength() * tensor.format().blockBytes()
          != tensor.bytes()) {
        throw new AssertionError("wrong size: " + tensor);
      }
    }
  }

  private static void checkAccessors(GgufMetadata metadata) {
    for (String key : metadata.keys()) {
      String.valueOf(metadata.value(key));
      typed(() -> metadata.string(key));
      typed(() -> metadata.integer(key, -5, 5));
      typed(() -> metadata.number(key));
      typed(() -> metadata.flag(key, true));
      typed(() -> metadata.strings(key).forEach(String::length));
      typed(() -> metadata.integers(key));
      typed(() -> metadata.numbers(key));
    }
  }

  /** Runs an accessor, which may refuse in one way only. */
  private static void typed(Runnable accessor) {
    try {
      accessor.run();
    } catch (ModelFormatException e) {
      checkReason(e);
    }
  }

  private static void forEach(int step, Consumer<Integer> trial) {
    int first = ONLY == null ? 0 : ONLY;
    int end = ONLY == null ? Math.max(MUTANTS, mutants.systematic()) : ONLY + 1;
    for (int number = first; number < end; number += step) {
      try {
        trial.accept(number);
      } catch (Throwable e) {
        Mutant mutant = mutants.mutant(number);
        throw new AssertionError(
            "seed=%d mutant=%d: %s, %s: %s"
                .formatted(SEED, number, mutant.sample().name(), mutant.how(), e),
            e);
      }
    }
  }

  private static long mapped() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("mapped"))
        .mapToLong(BufferPoolMXBean::getCount)
        .sum();
  }
}
