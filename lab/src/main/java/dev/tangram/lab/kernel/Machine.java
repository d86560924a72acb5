package dev.tangram.lab.kernel;

import dev.tangram.kernel.Workers;
import dev.tangram.lab.measure.Clock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/** What this machine can do, measured with the same threads: the yardsticks of the benches. */
public final class Machine {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final long CHUNK = 1 << 20;
  private static final int FMA_ROUNDS = 200_000;
  private static final int CHAINS = 12;

  /** Larger than any cache. */
  private final MemorySegment memory;

  private final Workers workers;
  private final long[] sums;

  Machine(Workers workers, Arena arena) {
    this.workers = workers;
    memory = arena.allocate(256L << 20, 64);
    sums = new long[(int) (memory.byteSize() / CHUNK)];
    Arrays.setAll(sums, i -> i);
  }

  /** GB/s that {@code threads} threads read together: the best of some passes. */
  public static double readBandwidth(int threads) {
    try (Workers workers = new Workers(threads);
        Arena arena = Arena.ofShared()) {
      Machine machine = new Machine(workers, arena);
      return IntStream.range(0, 20).mapToDouble(i -> machine.readBandwidth()).max().orElseThrow();
    }
  }

  /** GB/s of one pass over a big segment. */
  double readBandwidth() {
    long start = Clock.nanos(workers.threads());
    workers.run(sums.length, i -> sums[i] += sum(memory, i * CHUNK));
    return (double) memory.byteSize() / (Clock.nanos(workers.threads()) - start);
  }

  private static long sum(MemorySegment memory, long from) {
    LongVector a = LongVector.zero(L);
    LongVector b = a;
    LongVector c = a;
    LongVector d = a;
    int step = L.vectorByteSize();
    for (long at = from; at < from + CHUNK; at += 4L * step) {
      a = a.add(LongVector.fromMemorySegment(L, memory, at, ByteOrder.nativeOrder()));
      b = b.add(LongVector.fromMemorySegment(L, memory, at + step, ByteOrder.nativeOrder()));
      c = c.add(LongVector.fromMemorySegment(L, memory, at + 2 * step, ByteOrder.nativeOrder()));
      d = d.add(LongVector.fromMemorySegment(L, memory, at + 3 * step, ByteOrder.nativeOrder()));
    }
    return a.add(b).add(c.add(d)).lane(0);
  }

  /** GFLOP/s of f32 FMA from registers alone. */
  double fmaPeak() {
    int chunks = 8 * workers.threads();
    long start = Clock.nanos(workers.threads());
    workers.run(chunks, i -> sums[i] += (long) chains(1 + i * 1e-9f));
    double nanos = Clock.nanos(workers.threads()) - start;
    return 2.0 * chunks * FMA_ROUNDS * CHAINS * F.length() / nanos;
  }

  private static float chains(float seed) {
    FloatVector x = FloatVector.broadcast(F, seed);
    FloatVector y = FloatVector.broadcast(F, 0.5f);
    FloatVector a = x, b = x, c = x, d = x, e = x, f = x;
    FloatVector g = y, h = y, i = y, j = y, k = y, l = y;
    for (int n = 0; n < FMA_ROUNDS; n++) {
      a = a.fma(y, x);
      b = b.fma(y, x);
      c = c.fma(y, x);
      d = d.fma(y, x);
      e = e.fma(y, x);
      f = f.fma(y, x);
      g = g.fma(y, x);
      h = h.fma(y, x);
      i = i.fma(y, x);
      j = j.fma(y, x);
      k = k.fma(y, x);
      l = l.fma(y, x);
    }
    FloatVector left = a.add(b).add(c.add(d)).add(e.add(f));
    return left.add(g.add(h).add(i.add(j)).add(k.add(l))).lane(0);
  }
}
