package dev.tangram.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.server.fake.FakeEngine;
import dev.tangram.server.fake.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ModelHostTest {
  private static final ModelSource THREE =
      () -> List.of(TestServer.entry("a:latest"), TestServer.entry("b:1"), TestServer.entry("c:1"));

  private final AtomicInteger opened = new AtomicInteger();

  private ModelHost host(int modelsMax, long bytesMax, Duration wait, EngineOpener opener) {
    return new ModelHost(
        THREE, opener, EngineOptions.DEFAULT, new HostLimits(modelsMax, bytesMax, wait));
  }

  private ModelHost host(int modelsMax) {
    return host(modelsMax, 1 << 30, Duration.ofSeconds(10), (file, o) -> open());
  }

  private FakeEngine open() {
    opened.incrementAndGet();
    return new FakeEngine();
  }

  private static Lease ready(ModelHost host, String name) throws InterruptedException {
    Checkout checkout = host.checkout(name, () -> false);
    assertThat(checkout).as(name).isInstanceOf(Checkout.Ready.class);
    return ((Checkout.Ready) checkout).lease();
  }

  @Test
  void opensOnceForManyWhoWait() throws Exception {
    var go = new CountDownLatch(1);
    try (var host =
            host(
                3,
                1 << 30,
                Duration.ofSeconds(10),
                (file, o) -> {
                  await(go);
                  return open();
                });
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Lease>> leases = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String name = i % 2 == 0 ? "a" : "a:latest";
        leases.add(threads.submit(() -> ready(host, name)));
      }
      Thread.sleep(50);
      go.countDown();
      for (Future<Lease> lease : leases) {
        lease.get().close();
      }
      assertThat(opened).hasValue(1);
      assertThat(host.loaded()).hasSize(1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void closesTheLongestUnusedIdleModel() throws Exception {
    try (var host = host(2)) {
      ready(host, "a").close();
      ready(host, "b:1").close();
      ready(host, "a").close();
      ready(host, "c:1").close();
      assertThat(host.loaded()).extracting(LoadedModel::name).containsExactly("a:latest", "c:1");
    }
  }

  @Test
  void neverClosesAModelAtWork() throws Exception {
    try (var host = host(1)) {
      Lease held = ready(host, "a");
      assertThat(host.checkout("b:1", () -> false)).isInstanceOf(Checkout.NoRoom.class);
      assertThat(((FakeEngine) held.engine()).isClosed()).isFalse();
      held.close();
      held.close();
      ready(host, "b:1").close();
      assertThat(((FakeEngine) held.engine()).isClosed()).isTrue();
    }
  }

  @Test
  void memoryBudgetCountsToo() throws Exception {
    // A fake's file has 1,000 bytes and takes 5,000 when open.
    try (var host = host(3, 6500, Duration.ofSeconds(1), (file, o) -> open())) {
      ready(host, "a").close();
      ready(host, "b:1").close();
      assertThat(host.loaded()).hasSize(2);
      // Now 10,000 are in use: closing the older one is enough for the third.
      ready(host, "c:1").close();
      assertThat(host.loaded()).extracting(LoadedModel::name).containsExactly("b:1", "c:1");
    }
  }

  @Test
  void waitsNoLongerThanAllowed() throws Exception {
    var go = new CountDownLatch(1);
    try (var host =
        host(
            3,
            1 << 30,
            Duration.ofMillis(250),
            (file, o) -> {
              await(go);
              return open();
            })) {
      assertThat(host.checkout("a", () -> false)).isInstanceOf(Checkout.StillLoading.class);
      assertThat(host.checkout("a", () -> true)).isInstanceOf(Checkout.Abandoned.class);
      go.countDown();
      ready(host, "a").close();
      assertThat(opened).hasValue(1);
    }
  }

  @Test
  void failureIsToldAndTriedAgain() throws Exception {
    var bad = new AtomicInteger(1);
    try (var host =
        host(
            3,
            1 << 30,
            Duration.ofSeconds(5),
            (file, o) -> {
              if (bad.getAndDecrement() > 0) {
                throw new ModelFormatException("a.gguf", "magic", "ZIP", "GGUF");
              }
              return open();
            })) {
      assertThat(host.checkout("a", () -> false))
          .isInstanceOfSatisfying(
              Checkout.Failed.class, failed -> assertThat(failed.message()).contains("a.gguf"));
      ready(host, "a").close();
    }
  }

  @Test
  void unknownNames() throws Exception {
    try (var host = host(3)) {
      for (String name : List.of("", "x", "b", "a:1", "../a", "A")) {
        assertThat(host.checkout(name, () -> false)).as(name).isInstanceOf(Checkout.Unknown.class);
      }
    }
  }
}
