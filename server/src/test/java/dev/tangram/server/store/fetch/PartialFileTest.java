package dev.tangram.server.store.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.server.store.fetch.Ranges.Range;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal claims what was written, and nothing when it is damaged. */
class PartialFileTest {
  @TempDir private Path folder;

  private void write(int start, int end) throws Exception {
    try (PartialFile partial = PartialFile.open(folder, "k");
        PartialFile.Writer writer = partial.writer()) {
      writer.write(new byte[end - start], end - start, start);
      partial.done(start, end);
    }
  }

  private long presentAfter(String journal) throws Exception {
    Files.writeString(folder.resolve("k.journal"), journal);
    try (PartialFile partial = PartialFile.open(folder, "k")) {
      return partial.present();
    }
  }

  @Test
  void remembersAcrossOpenings() throws Exception {
    write(100, 200);
    write(0, 50);
    try (PartialFile partial = PartialFile.open(folder, "k")) {
      assertThat(partial.present()).isEqualTo(150);
      assertThat(partial.missing(300)).containsExactly(new Range(50, 100), new Range(200, 300));
    }
  }

  @Test
  void ignoresATornLineAndGoesOnCleanly() throws Exception {
    write(0, 200);
    assertThat(presentAfter("tangram-partial 1\n0 50\n100 15")).isEqualTo(50);
    write(100, 120);
    try (PartialFile partial = PartialFile.open(folder, "k")) {
      assertThat(partial.present()).isEqualTo(70);
    }
  }

  @Test
  void believesNothingOfADamagedJournal() throws Exception {
    write(0, 200);
    assertThat(presentAfter("")).isZero();
    assertThat(presentAfter("other 1\n0 50\n")).isZero();
    assertThat(presentAfter("tangram-partial 1\n0 50\nx y\n")).isZero();
    assertThat(presentAfter("tangram-partial 1\n50 50\n")).isZero();
    assertThat(presentAfter("tangram-partial 1\n0 201\n")).as("beyond the file").isZero();
    assertThat(presentAfter("tangram-partial 1\n0 50\n")).isEqualTo(50);
  }
}
