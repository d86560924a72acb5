package dev.tangram.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.model.Golden;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files end in a file that opens, or in a sentence; never in anything else or half. */
class DamagedInputPropertyTest {
  private static final long SEED = Long.getLong("tangram.seed", System.nanoTime());
  private static final int MUTANTS = 600;

  @TempDir private Path folder;

  @Test
  void damageIsAnErrorOrHarmless() throws IOException {
    System.out.printf("DamagedInputPropertyTest seed=%d (replay: -Dtangram.seed=%d)%n", SEED, SEED);
    Random random = new Random(SEED);
    byte[] whole = Files.readAllBytes(Golden.load("llama3").file());
    int written = 0;
    int refused = 0;
    try (Workers workers = new Workers(2)) {
      for (int i = 0; i < MUTANTS; i++) {
        byte[] bytes = mutant(whole, random);
        Path source = Files.write(folder.resolve("in.gguf"), bytes);
        Path target = folder.resolve("out.gguf");
        Mix mix = Mix.values()[random.nextInt(Mix.values().length)];
        try (ModelFile file = ModelFiles.open(source)) {
          Quantization.run(file, target, mix, random.nextBoolean(), workers, done -> {});
          try (ModelFile result = ModelFiles.open(target)) {
            assertThat(result.tensors().keySet()).isEqualTo(file.tensors().keySet());
          }
          Files.delete(target);
          written++;
        } catch (ModelFormatException | QuantizeException e) {
          assertThat(e.getMessage()).contains("in.gguf");
          refused++;
        }
        try (Stream<Path> left = Files.list(folder)) {
          assertThat(left).as("mutant %d", i).containsExactly(source);
        }
      }
    }
    assertThat(written).isPositive();
    assertThat(refused).isPositive();
  }

  /** Bytes changed in the header or the data, or the end cut off. */
  private static byte[] mutant(byte[] whole, Random random) {
    int header = 4096;
    byte[] bytes = whole.clone();
    int changes = 1 + random.nextInt(3);
    for (int c = 0; c < changes; c++) {
      int at = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : random.nextInt(header);
      bytes[at] =
          random.nextBoolean()
              ? (byte) random.nextInt(256)
              : (byte) (bytes[at] ^ 1 << random.nextInt(8));
    }
    return random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }
}
