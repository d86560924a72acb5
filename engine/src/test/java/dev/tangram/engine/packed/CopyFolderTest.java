package dev.tangram.engine.packed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.packed.Copies.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies stay within their bound, and what goes wrong with a disk costs a line. */
class CopyFolderTest {
  private static final long PLENTY = 1L << 40;

  @TempDir private Path root;
  private Path folder;
  private LogLines log;

  @BeforeEach
  void begin() {
    folder = root.resolve("packed");
    log = new LogLines();
  }

  @AfterEach
  void end() {
    log.close();
  }

  private Path model(String name) {
    return Copies.golden("qwen2", root.resolve(name));
  }

  @Test
  void theCopyThatWasNotUsedForTheLongestTimeGoesFirst() throws IOException {
    Path a = model("a.gguf");
    Path b = model("b.gguf");
    Path c = model("c.gguf");
    Copies first = new Copies(folder);
    first.open(a);
    long size = Files.size(first.copyOf(a));
    Copies two = new Copies(new PackedCopies(folder, 2 * size + size / 2), Disk.REAL);
    two.open(b);
    age(two.copyOf(a), 100);
    age(two.copyOf(b), 50);
    // Reading a's copy makes b's the oldest.
    assertThat(two.open(a).fromCopy()).isTrue();
    two.open(c);
    assertThat(two.copyOf(a)).exists();
    assertThat(two.copyOf(b)).doesNotExist();
    assertThat(two.copyOf(c)).exists();
    assertThat(log.lines()).isEmpty();
  }

  private static void age(Path file, long seconds) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(seconds)));
  }

  @Test
  void aCopyThatIsLargerThanTheBoundIsNotMadeAndTheOthersStay() throws IOException {
    Path a = model("a.gguf");
    Copies wide = new Copies(folder);
    wide.open(a);
    Path b = model("b.gguf");
    Copies narrow = new Copies(new PackedCopies(folder, 1000), Disk.REAL);
    assertThat(narrow.open(b)).isEqualTo(wide.open(a));
    assertThat(wide.copyOf(a)).exists();
    assertThat(wide.copyOf(b)).doesNotExist();
    assertThat(log.lines()).singleElement().asString().contains("all copies together may take");
  }

  @Test
  void copiesOfModelsThatAreGoneAndDraftsOfDeadProcessesGo() throws IOException {
    Path a = model("a.gguf");
    Path b = model("b.gguf");
    Copies copies = new Copies(folder);
    copies.open(a);
    Files.delete(a);
    Files.writeString(folder.resolve("x.packed.123.draft"), "half");
    copies.open(b);
    assertThat(copies.files()).containsExactly(copies.copyOf(b).getFileName().toString());
  }

  @Test
  void aFullDiskMeansNoCopyAndOneLine() {
    Path model = model("a.gguf");
    Opened packed = new Copies(PackedCopies.OFF, Disk.REAL).open(model);
    List<Disk> disks =
        List.of(
            new FullDisk(0, PLENTY),
            new FullDisk(CopyFolder.MARGIN_BYTES, PLENTY),
            new FullDisk(PLENTY, 0),
            new FullDisk(PLENTY, 5000),
            new FullDisk(PLENTY, 100_000));
    for (int i = 0; i < disks.size(); i++) {
      Copies copies = new Copies(new PackedCopies(folder, PLENTY), disks.get(i));
      Opened opened = copies.open(model);
      assertThat(opened.fromCopy()).isFalse();
      assertThat(opened).isEqualTo(packed);
      assertThat(copies.files()).as("disk %d", i).isEmpty();
      assertThat(log.lines())
          .hasSize(i + 1)
          .last()
          .asString()
          .contains("no packed copy of " + model)
          .containsAnyOf("free", "No space left on device");
    }
  }

  @Test
  void aFolderThatCannotBeMadeMeansNoCopyAndOneLine() throws IOException {
    Files.writeString(folder, "a file where the folder should be");
    Path model = model("a.gguf");
    Copies copies = new Copies(folder);
    assertThat(copies.open(model)).isEqualTo(new Copies(PackedCopies.OFF, Disk.REAL).open(model));
    assertThat(log.lines()).isNotEmpty().allMatch(line -> line.contains(model.toString()));
  }

  @Test
  void manyOpensAtOnceAllAnswerAndLeaveOneCopy() throws Exception {
    Path model = model("a.gguf");
    Opened packed = new Copies(PackedCopies.OFF, Disk.REAL).open(model);
    Copies copies = new Copies(folder);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Opened>> opens = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        opens.add(threads.submit(() -> copies.open(model)));
      }
      for (Future<Opened> open : opens) {
        assertThat(open.get()).isEqualTo(packed);
      }
    }
    assertThat(copies.files()).containsExactly(copies.copyOf(model).getFileName().toString());
    assertThat(copies.open(model).fromCopy()).isTrue();
    assertThat(log.lines()).isEmpty();
  }
}
