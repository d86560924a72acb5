package dev.tangram.kernel.machine;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.machine.x86.AttentionCode;
import dev.tangram.kernel.vector.BlockReader;
import dev.tangram.kernel.vector.RunSums;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/**
 * Attention's sums by code for x86-64, for one head size and floats or halves. Extents of arrays
 * are checked here, before each call; those of blocks by who made their addresses.
 *
 * <p>A call is a run of at most {@value BlockReader#RUN} positions and 32 queries: 80 microseconds
 * with heads of 256 elements.
 */
final class AttentionSums implements RunSums {
  private static final Logger LOGGER = System.getLogger(AttentionSums.class.getName());
  private static final int FOUR = AttentionCode.FOUR;
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;
  private static final int RUN = BlockReader.RUN;

  /** Heads beyond that would hold up the collector for too long. */
  private static final int SIZE_MAX = 512;

  private final int size;
  private final boolean halves;
  private final int together;
  private final MemorySegment scoresTogether;
  private final MemorySegment scoresOfFour;
  private final MemorySegment values;

  /**
   * Writes the code.
   *
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  AttentionSums(Isa isa, int size, boolean halves, Arena arena) {
    this.size = size;
    this.halves = halves;
    together = AttentionCode.queriesMax(isa);
    scoresOfFour = ExecutableMemory.of(AttentionCode.scores(isa, size, FOUR, halves), arena);
    scoresTogether =
        together == FOUR
            ? scoresOfFour
            : ExecutableMemory.of(AttentionCode.scores(isa, size, together, halves), arena);
    values = ExecutableMemory.of(AttentionCode.values(isa, size, halves), arena);
  }

  /**
   * The code for an instruction set that is here; empty if there is none for heads of that size,
   * which must be whole registers of every width, or, with a warning, if it is not to be trusted.
   */
  static Optional<RunSums> triedOut(Isa isa, int size, boolean halves, Arena arena) {
    if (size % BLOCK != 0 || size > SIZE_MAX) {
      return Optional.empty();
    }
    String obstacle;
    try {
      if (halves && !Cpu.widensHalves(isa)) {
        return Optional.empty();
      }
      AttentionSums code = new AttentionSums(isa, size, halves, arena);
      Optional<String> difference = code.difference();
      if (difference.isEmpty()) {
        return Optional.of(code);
      }
      obstacle = difference.get();
    } catch (UnsupportedOperationException e) {
      obstacle = e.getMessage();
    }
    LOGGER.log(
        Level.WARNING,
        "machine code for attention with heads of {0} is not used, slower code computes it: {1}",
        size,
        obstacle);
    return Optional.empty();
  }

  @Override
  public void scores(
      long[] keys,
      int from,
      int blocks,
      float[] q,
      int queries,
      float scale,
      float[] scores,
      int at) {
    check(keys, from, blocks, queries, scores, at);
    Objects.checkFromIndexSize(0, queries * size, q.length);
    int most = queries / together * together;
    long bits = Float.floatToRawIntBits(scale) & 0xFFFFFFFFL;
    MemorySegment places = MemorySegment.ofArray(keys).asSlice((long) from * Long.BYTES);
    MemorySegment to = MemorySegment.ofArray(scores).asSlice((long) at * Float.BYTES);
    MemorySegment x = MemorySegment.ofArray(q);
    if (most > 0) {
      HeapCall.call(scoresTogether, places, x, to, to, blocks, most / together, bits, 0, 0);
    }
    if (most < queries) {
      x = x.asSlice((long) most * size * Float.BYTES);
      to = to.asSlice((long) most * RUN * Float.BYTES);
      HeapCall.call(scoresOfFour, places, x, to, to, blocks, (queries - most) / FOUR, bits, 0, 0);
    }
  }

  @Override
  public void values(
      long[] values,
      int from,
      int blocks,
      float[] shares,
      int at,
      int queries,
      float[] out,
      int to) {
    check(values, from, blocks, queries, shares, at);
    Objects.checkFromIndexSize(to, queries * (size + 2), out.length);
    MemorySegment places = MemorySegment.ofArray(values).asSlice((long) from * Long.BYTES);
    MemorySegment x = MemorySegment.ofArray(shares).asSlice((long) at * Float.BYTES);
    MemorySegment y = MemorySegment.ofArray(out).asSlice((long) to * Float.BYTES);
    HeapCall.call(this.values, places, x, y, y, blocks, queries / FOUR, 0, 0, 0);
  }

  private static void check(
      long[] places, int from, int blocks, int queries, float[] scores, int at) {
    if (blocks < 1 || blocks > RUN / BLOCK || queries < FOUR || queries % FOUR != 0) {
      throw new IllegalArgumentException(
          "found %d blocks and %d queries, allowed: 1 to %d, and by 4"
              .formatted(blocks, queries, RUN / BLOCK));
    }
    Objects.checkFromIndexSize(from, blocks + BlockReader.AHEAD, places.length);
    Objects.checkFromIndexSize(at, (queries - 1) * RUN + blocks * BLOCK, scores.length);
  }

  /** Where the first result differs from the same sums made one product at a time, if any does. */
  private Optional<String> difference() {
    int queries = together + FOUR;
    int blocks = 2;
    Random random = new Random(size);
    float[] stored = floats(blocks * BLOCK * size, random);
    float[] q = floats(queries * size, random);
    float[] scores = floats(queries * RUN, random);
    float[] out = floats(queries * (size + 2), random);
    try (Arena scratch = Arena.ofConfined()) {
      int element = halves ? Short.BYTES : Float.BYTES;
      MemorySegment memory = scratch.allocate((long) stored.length * element, 64);
      for (int i = 0; i < stored.length; i++) {
        if (halves) {
          short half = Float.floatToFloat16(stored[i]);
          memory.setAtIndex(ValueLayout.JAVA_SHORT, i, half);
          stored[i] = Float.float16ToFloat(half);
        } else {
          memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, stored[i]);
        }
      }
      long[] places = new long[blocks + BlockReader.AHEAD];
      Arrays.setAll(
          places, i -> memory.address() + Math.min(i, blocks - 1) * (long) BLOCK * size * element);
      float[] expected = expectedOut(stored, scores, out, queries, blocks);
      values(places, 0, blocks, scores, 0, queries, out, 0);
      int wrong = Arrays.mismatch(out, expected);
      if (wrong >= 0) {
        return Optional.of("value %d: %s for %s".formatted(wrong, out[wrong], expected[wrong]));
      }
      expected = expectedScores(stored, q, scores, queries, blocks);
      scores(places, 0, blocks, q, queries, 0.5f, scores, 0);
      wrong = Arrays.mismatch(scores, expected);
      return wrong < 0
          ? Optional.empty()
          : Optional.of("score %d: %s for %s".formatted(wrong, scores[wrong], expected[wrong]));
    }
  }

  private static float[] floats(int count, Random random) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = random.nextFloat() - 0.5f;
    }
    return floats;
  }

  private float[] expectedScores(float[] k, float[] q, float[] before, int queries, int blocks) {
    float[] scores = before.clone();
    for (int i = 0; i < queries; i++) {
      for (int p = 0; p < blocks * BLOCK; p++) {
        float sum = 0;
        int key = p / BLOCK * BLOCK * size + p % BLOCK;
        for (int s = 0; s < size; s++) {
          sum = Math.fma(k[key + s * BLOCK], q[i * size + s], sum);
        }
        scores[i * RUN + p] = sum * 0.5f;
      }
    }
    return scores;
  }

  private float[] expectedOut(float[] v, float[] shares, float[] before, int queries, int blocks) {
    float[] out = before.clone();
    for (int i = 0; i < queries; i++) {
      for (int s = 0; s < size; s++) {
        float sum = out[i * (size + 2) + s];
        for (int p = 0; p < blocks * BLOCK; p++) {
          sum = Math.fma(v[p * size + s], shares[i * RUN + p], sum);
        }
        out[i * (size + 2) + s] = sum;
      }
    }
    return out;
  }
}
