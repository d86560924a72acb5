package dev.tangram.engine.file.json;

import com.sun.management.ThreadMXBean;
import dev.tangram.engine.file.ModelFormatException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * MF-1's rules: a mutant is read or refused with a {@link ModelFormatException} that names file,
 * field and reason, within a second of processor time and eight times its size of memory.
 */
public final class Judge {
  public static final int MUTANTS = Integer.getInteger("mutants", 200_000);
  public static final String REFUSED = "refused";
  private static final long SEED = Long.getLong("seed", System.nanoTime() & 0xFFFF_FFFFL);
  private static final Integer ONLY = Integer.getInteger("mutant");
  private static final long NANOS_MAX = 1_000_000_000;
  private static final long ALLOCATION_SLACK = 16 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What a mutant is put through; says how it ended, or throws ModelFormatException. */
  @FunctionalInterface
  public interface Trial {
    String run(byte[] mutant, int number);
  }

  private Judge() {}

  /** The seed of this run, which is printed with how to replay it. */
  public static long seed(Class<?> test) {
    System.out.printf(
        "seed=%d: mvn -pl engine -am test -Dtest=%s -Dseed=%d [-Dmutant=N]%n",
        SEED, test.getSimpleName(), SEED);
    return SEED;
  }

  /** Runs every step-th mutant and counts how they ended. */
  public static Map<String, Integer> all(
      IntFunction<byte[]> mutants, int step, String file, Trial trial) {
    Map<String, Integer> ends = new TreeMap<>();
    int first = ONLY == null ? 0 : ONLY;
    int end = ONLY == null ? MUTANTS : ONLY + 1;
    long start = THREADS.getCurrentThreadCpuTime();
    for (int number = first; number < end; number += step) {
      byte[] mutant = mutants.apply(number);
      try {
        ends.merge(one(mutant, number, file, trial), 1, Integer::sum);
      } catch (Throwable e) {
        throw new AssertionError("seed=%d mutant=%d: %s".formatted(SEED, number, e), e);
      }
    }
    System.out.printf(
        "%s in %.1f s of processor time%n",
        ends, (THREADS.getCurrentThreadCpuTime() - start) / 1e9);
    return ends;
  }

  /** Whether all mutants ran, so that their ends can be counted. */
  public static boolean isWhole() {
    return ONLY == null && MUTANTS >= 100_000;
  }

  private static String one(byte[] mutant, int number, String file, Trial trial) {
    long thread = Thread.currentThread().threadId();
    long allocated = THREADS.getThreadAllocatedBytes(thread);
    // Of the processor, not of the wall: other work on the machine is not the reader's fault.
    long start = THREADS.getCurrentThreadCpuTime();
    String end;
    try {
      end = trial.run(mutant, number);
    } catch (ModelFormatException e) {
      checkReason(e, file);
      end = REFUSED;
    }
    long nanos = THREADS.getCurrentThreadCpuTime() - start;
    allocated = THREADS.getThreadAllocatedBytes(thread) - allocated;
    if (allocated > 8L * mutant.length + ALLOCATION_SLACK) {
      throw new AssertionError(
          "%d bytes allocated for a file of %d".formatted(allocated, mutant.length));
    }
    if (nanos > NANOS_MAX) {
      throw new AssertionError("took %d ms of processor time".formatted(nanos / 1_000_000));
    }
    return end;
  }

  private static void checkReason(ModelFormatException refusal, String file) {
    String message = refusal.getMessage();
    int found = message.indexOf(": found ");
    boolean complete =
        message.startsWith(file)
            && found > file.length()
            && message.indexOf(", allowed: ") > found
            && message.lines().count() == 1
            && message.length() < 600;
    if (!complete) {
      throw new AssertionError("no file, field or reason in: " + message);
    }
  }
}
