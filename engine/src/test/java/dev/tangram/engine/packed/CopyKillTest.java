package dev.tangram.engine.packed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.packed.Copies.Opened;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that makes a copy is killed at random moments: nothing half has a copy's name. */
class CopyKillTest {
  private static final int KILLS = 4;
  private static final int PIECE_MILLIS = 25;

  @TempDir private Path root;

  @Test
  void whatAKilledProcessLeavesIsNoCopyAndGoes() throws Exception {
    long seed = System.nanoTime();
    System.out.println("CopyKillTest seed=" + seed);
    Random random = new Random(seed);
    Path model = Copies.golden("qwen2", root.resolve("model.gguf"));
    Path folder = root.resolve("packed");
    Copies copies = new Copies(folder);
    Opened packed = new Copies(PackedCopies.OFF, Disk.REAL).open(model);
    int drafts = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = SlowCopyProcess.start(model, folder, PIECE_MILLIS);
      while (copies.files().stream().noneMatch(name -> name.endsWith(CopyName.DRAFT_SUFFIX))
          && process.isAlive()) {
        Thread.sleep(5);
      }
      process.waitFor(random.nextInt(300), TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
      for (String name : copies.files()) {
        assertThat(name).endsWith(CopyName.DRAFT_SUFFIX);
        drafts++;
      }
    }
    assertThat(drafts).as("kills that left a draft").isPositive();

    assertThat(copies.open(model)).isEqualTo(packed);
    assertThat(copies.files()).containsExactly(copies.copyOf(model).getFileName().toString());
    Opened read = copies.open(model);
    assertThat(read.fromCopy()).isTrue();
    assertThat(read).isEqualTo(packed);
  }

  @Test
  void twoProcessesLeaveOneCopy() throws Exception {
    Path model = Copies.golden("qwen2", root.resolve("model.gguf"));
    Path folder = root.resolve("packed");
    Process one = SlowCopyProcess.start(model, folder, 2);
    Process two = SlowCopyProcess.start(model, folder, 2);
    for (Process process : new Process[] {one, two}) {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.inputReader().readAllAsString()).endsWith("done\n");
    }
    Copies copies = new Copies(folder);
    assertThat(copies.files()).containsExactly(copies.copyOf(model).getFileName().toString());
    assertThat(copies.open(model).fromCopy()).isTrue();
  }
}
