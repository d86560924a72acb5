package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void runsEachChunkOnce(int threads) {
    try (Workers workers = new Workers(threads)) {
      assertThat(workers.threads()).isEqualTo(threads);
      for (int chunks : new int[] {0, 1, 2, 3, 100, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(chunks + 1);
        workers.run(chunks, i -> runs.incrementAndGet(i));
        for (int i = 0; i < chunks; i++) {
          assertThat(runs.get(i)).as("chunk %d of %d", i, chunks).isEqualTo(1);
        }
        assertThat(runs.get(chunks)).isZero();
      }
    }
  }

  /** What a call wrote is there when it returns, and no helper of one call touches the next. */
  @Test
  void manyCallsInARow() {
    try (Workers workers = new Workers(3)) {
      int[] plain = new int[16];
      for (int call = 1; call <= 20_000; call++) {
        int now = call;
        workers.run(plain.length, i -> plain[i] = now);
        for (int value : plain) {
          assertThat(value).isEqualTo(call);
        }
      }
    }
  }

  @Test
  void helpersWorkToo() {
    try (Workers workers = new Workers(2)) {
      CountDownLatch both = new CountDownLatch(2);
      // Neither chunk can end before the other has begun.
      workers.run(
          2,
          i -> {
            both.countDown();
            await(both);
          });
      assertThat(both.getCount()).isZero();
    }
  }

  /** A parked helper wakes for the next call. */
  @Test
  void wakesAfterALongPause() {
    try (Workers workers = new Workers(2)) {
      for (int pause = 0; pause < 20; pause++) {
        LockSupport.parkNanos(Duration.ofMillis(pause).toNanos());
        CountDownLatch both = new CountDownLatch(2);
        workers.run(
            2,
            i -> {
              both.countDown();
              await(both);
            });
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Between calls helpers must cost nothing: another process may want the core. */
  @Test
  void idleHelpersSleep() throws InterruptedException {
    try (Workers workers = new Workers(3)) {
      workers.run(100, i -> {});
      List<Thread> helpers = helpers();
      assertThat(helpers).hasSizeGreaterThanOrEqualTo(2);
      Thread.sleep(100);
      long[] before = helpers.stream().mapToLong(WorkersTest::cpuNanos).toArray();
      Thread.sleep(300);
      for (int i = 0; i < before.length; i++) {
        assertThat(cpuNanos(helpers.get(i)) - before[i])
            .as("CPU time in 300 ms")
            .isLessThan(50_000_000L);
      }
    }
  }

  /** A caller that spun through a helper's long chunk would keep the core that the helper needs. */
  @Test
  void theCallerSleepsWhileALongChunkRunsElsewhere() {
    try (Workers workers = new Workers(2)) {
      Thread caller = Thread.currentThread();
      for (int call = 0; call < 10; call++) {
        CountDownLatch both = new CountDownLatch(2);
        long before = cpuNanos(caller);
        workers.run(
            2,
            i -> {
              both.countDown();
              await(both);
              if (Thread.currentThread() != caller) {
                LockSupport.parkNanos(Duration.ofMillis(40).toNanos());
              }
            });
        assertThat(cpuNanos(caller) - before).as("CPU time in 40 ms").isLessThan(20_000_000L);
      }
    }
  }

  /** The last chunk ends just as the caller goes to sleep: it must not sleep on. */
  @Test
  void theCallerWakesWheneverTheLastChunkEnds() {
    try (Workers workers = new Workers(2)) {
      Thread caller = Thread.currentThread();
      for (int call = 0; call < 2_000; call++) {
        long nanos = 30_000 + 20L * call;
        workers.run(
            2,
            i -> {
              long end = Thread.currentThread() == caller ? 0 : System.nanoTime() + nanos;
              while (System.nanoTime() < end) {
                Thread.onSpinWait();
              }
            });
      }
    }
  }

  @Test
  void anInterruptedCallerWaitsAllTheSame() {
    try (Workers workers = new Workers(2)) {
      Thread.currentThread().interrupt();
      AtomicInteger ended = new AtomicInteger();
      workers.run(
          8,
          i -> {
            LockSupport.parkNanos(1_000_000);
            ended.incrementAndGet();
          });
      assertThat(ended).hasValue(8);
      assertThat(Thread.interrupted()).as("the flag stays").isTrue();
    }
  }

  private static List<Thread> helpers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("kernel worker"))
        .toList();
  }

  private static long cpuNanos(Thread thread) {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void throwsWhatAChunkThrewAfterTheOthersEnded(int threads) {
    try (Workers workers = new Workers(threads)) {
      AtomicInteger ended = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  workers.run(
                      50,
                      i -> {
                        if (i == 17) {
                          throw new IndexOutOfBoundsException("chunk 17");
                        }
                        ended.incrementAndGet();
                      }))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("chunk 17");
      assertThat(ended).hasValue(49);
      assertThatThrownBy(
              () ->
                  workers.run(
                      3,
                      i -> {
                        throw new StackOverflowError();
                      }))
          .isInstanceOf(StackOverflowError.class);
      assertThatThrownBy(() -> workers.run(3, i -> sneak(new java.io.IOException("checked"))))
          .hasRootCauseInstanceOf(java.io.IOException.class);
      AtomicInteger after = new AtomicInteger();
      workers.run(10, i -> after.incrementAndGet());
      assertThat(after).as("the pool still works").hasValue(10);
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable e) throws E {
    throw (E) e;
  }

  @Test
  void closeEndsTheThreadsAndTheCallerStillCan() {
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    Workers workers = new Workers(4);
    workers.run(1000, i -> seen.add(Thread.currentThread()));
    List<Thread> mine = helpers();
    workers.close();
    workers.close();
    assertThat(mine).noneMatch(Thread::isAlive);
    assertThat(seen).allMatch(t -> t == Thread.currentThread() || t.isDaemon());
    AtomicInteger runs = new AtomicInteger();
    workers.run(10, i -> runs.incrementAndGet());
    assertThat(runs).hasValue(10);
  }

  @Test
  void refusesNoThreads() {
    assertThatThrownBy(() -> new Workers(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 0");
  }
}
