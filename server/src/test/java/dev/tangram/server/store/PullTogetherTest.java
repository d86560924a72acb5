package dev.tangram.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many want the same model at once: it is fetched once. */
class PullTogetherTest {
  private final byte[] model = Models.bytes(400_000, 4);
  private final FakeSource hub = new FakeSource().file(Models.HUB_PATH, model);
  @TempDir private Path root;

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void threadsPullOnce() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    hub.pauseMillisPerChunk = 20;
    Heard heard = new Heard();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<StoredModel>> pulls = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        ModelStore store = Models.store(root, hub);
        pulls.add(() -> store.pull(ModelReference.parse("tiny"), heard));
      }
      for (Future<StoredModel> pull : threads.invokeAll(pulls)) {
        assertThat(Files.readAllBytes(pull.get().file())).isEqualTo(model);
      }
    }
    assertFetchedOnce();
    assertThat(heard.events()).filteredOn(e -> e.equals("waiting tiny:1m")).hasSize(5);
  }

  @Test
  void processesPullOnce() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    hub.pauseMillisPerChunk = 250;
    var env = Models.env(hub.url(), hub.url(), hub.url());
    Process first = PullerProcess.start(root, env);
    Process second = PullerProcess.start(root, env);
    try {
      assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
      String said = output(first) + output(second);
      assertThat(said.lines().sorted().toList()).containsExactly("done", "done", "waiting");
    } finally {
      first.destroyForcibly();
      second.destroyForcibly();
    }
    assertFetchedOnce();
    StoredModel stored = Models.store(root, hub).resolve(ModelReference.parse("tiny:1m"));
    assertThat(Files.readAllBytes(stored.file())).isEqualTo(model);
  }

  /** A stall on a busy machine may repeat some bytes; twice would be double. */
  private void assertFetchedOnce() {
    assertThat(hub.served.get()).isBetween((long) model.length, model.length * 3L / 2);
  }

  private static String output(Process process) throws Exception {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
