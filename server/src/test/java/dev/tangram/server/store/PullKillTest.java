package dev.tangram.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MF-7: the puller is killed at random moments; nothing is visible unless its digest is right. */
class PullKillTest {
  private static final int KILLS = 4;
  private static final ModelReference TINY = ModelReference.parse("tiny:1m");

  private final byte[] model = Models.bytes(2_000_003, 5);
  private final FakeSource source = new FakeSource();
  @TempDir private Path root;

  @AfterEach
  void stop() {
    source.close();
  }

  @Test
  void survivesKillsWhileSegmentsArrive() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    source.file(Models.HUB_PATH, model);
    killAndFinish(System.nanoTime());
  }

  @Test
  void survivesKillsWhileWheelsArriveAndAreUnpacked() throws Exception {
    Models.catalogue(root, model, Models.packages(5));
    Models.publishParts(source, model, 5);
    killAndFinish(System.nanoTime());
  }

  private void killAndFinish(long seed) throws Exception {
    System.out.println("PullKillTest seed=" + seed);
    Random random = new Random(seed);
    Map<String, String> env = Models.env(source.url(), source.url(), source.url());
    source.pauseMillisPerChunk = 15;
    for (int kill = 0; kill < KILLS; kill++) {
      long before = source.served.get();
      Process puller = PullerProcess.start(root, env);
      // Most of a process's life is its start: wait for its first bytes, then for a random while.
      while (source.served.get() == before && puller.isAlive()) {
        Thread.sleep(5);
      }
      puller.waitFor(40 + random.nextInt(350), TimeUnit.MILLISECONDS);
      puller.destroyForcibly().waitFor();
      assertOnlyVerified();
    }
    source.pauseMillisPerChunk = 0;
    long before = source.served.get();
    StoredModel stored = Models.store(root, env).pull(TINY, PullListener.SILENT);
    assertThat(Files.readAllBytes(stored.file())).isEqualTo(model);
    assertThat(source.served.get() - before).as("bytes fetched again").isLessThan(model.length);
    assertThat(root.resolve("partial")).isEmptyDirectory();
    assertOnlyVerified();
  }

  private void assertOnlyVerified() throws IOException {
    try (var blobs = Files.list(root.resolve("blobs"))) {
      for (Path blob : blobs.toList()) {
        assertThat(blob.getFileName())
            .hasToString("sha256-" + Models.sha256(Files.readAllBytes(blob)));
      }
    }
    for (StoredModel visible : Models.store(root, source).list()) {
      assertThat(Files.readAllBytes(visible.file())).isEqualTo(model);
    }
  }
}
