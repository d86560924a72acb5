package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Operands that end exactly where their memory ends, and then one element too early, after so many
 * calls that compiled code runs: an exception, never a neighbour's data.
 */
@Tag("width")
class BoundsTest {
  private static final long SEED = Weights.seed(BoundsTest.class);
  private static final int CALLS = 20_000;

  private final Workers workers = new Workers(1);
  private final Kernels kernels = Tiers.of(tier(), workers);

  /** The tier under test. */
  String tier() {
    return "vector";
  }

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  /**
   * Hands out what is asked for less {@code missing} bytes, out of the middle of memory full of
   * ones.
   */
  private record TightArena(Arena arena, int missing) implements Arena {
    @Override
    public MemorySegment allocate(long bytes, long alignment) {
      MemorySegment wide = arena.allocate(bytes + 4096, alignment);
      wide.fill((byte) 0x3F);
      MemorySegment tight = wide.asSlice(0, bytes - missing);
      tight.fill((byte) 0);
      return tight;
    }

    @Override
    public MemorySegment.Scope scope() {
      return arena.scope();
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  private static void throwsOutOfBounds(String what, Runnable call) {
    assertThatThrownBy(call::run)
        .as(what)
        .isInstanceOfAny(IndexOutOfBoundsException.class, IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource
  void multiply(Format format) {
    Random random = new Random(SEED);
    int columns = format.blockLength() == 1 ? 64 : format.blockLength();
    MemorySegment source = Weights.random(format, 1, columns, random);
    try (Arena arena = new TightArena(Arena.ofConfined(), 0);
        Arena shortArena = new TightArena(Arena.ofConfined(), 4)) {
      Matrix w = kernels.pack(format, 1, columns, source, arena);
      for (int tokens : new int[] {1, 2, 6}) {
        float[] x = Weights.numbers(tokens * columns, random);
        float[] first = new float[tokens];
        float[] y = new float[tokens];
        kernels.multiply(w, x, tokens, first);
        for (int i = 0; i < CALLS / 2; i++) {
          kernels.multiply(w, x, tokens, y);
        }
        assertThat(y).isEqualTo(first);
        throwsOutOfBounds(
            "x", () -> kernels.multiply(w, Arrays.copyOf(x, x.length - 1), tokens, y));
        throwsOutOfBounds("y", () -> kernels.multiply(w, x, tokens, new float[tokens - 1]));
        // One row leaves the last lanes unwritten at load, so what is missing is first met by a
        // compiled read.
        throwsOutOfBounds(
            "weights, %d tokens".formatted(tokens),
            () ->
                kernels.multiply(
                    kernels.pack(format, 1, columns, source, shortArena), x, tokens, y));
      }
      throwsOutOfBounds("row", () -> kernels.row(w, 1, new float[columns], 0));
      throwsOutOfBounds("row", () -> kernels.row(w, -1, new float[columns], 0));
      throwsOutOfBounds("row's y", () -> kernels.row(w, 0, new float[columns], 1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSourceThatDoesNotFitIsRefused(Format format) {
    int columns = format.blockLength() == 1 ? 5 : format.blockLength();
    try (Arena arena = Arena.ofConfined()) {
      for (int more : new int[] {-1, 1}) {
        MemorySegment source =
            MemorySegment.ofArray(new byte[Math.toIntExact(3 * format.rowBytes(columns)) + more]);
        for (String tier : Tiers.names()) {
          assertThatThrownBy(() -> Tiers.of(tier, workers).pack(format, 3, columns, source, arena))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("found " + source.byteSize());
        }
      }
      if (format.blockLength() > 1) {
        MemorySegment source = MemorySegment.ofArray(new byte[format.blockBytes()]);
        assertThatThrownBy(() -> kernels.pack(format, 1, columns + 1, source, arena))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("multiple of " + format.blockLength());
      }
    }
  }

  @Test
  void aMatrixWhoseArenaClosedThrows() {
    MemorySegment source = Weights.random(Format.Q8_0, 40, 64, new Random(SEED));
    float[] x = new float[64];
    float[] y = new float[40];
    Matrix w;
    try (Arena arena = Arena.ofConfined()) {
      w = kernels.pack(Format.Q8_0, 40, 64, source, arena);
      for (int i = 0; i < CALLS; i++) {
        kernels.multiply(w, x, 1, y);
      }
    }
    assertThatThrownBy(() -> kernels.multiply(w, x, 1, y))
        .isInstanceOf(IllegalStateException.class);
  }

  private static float[] floats(int count) {
    float[] x = new float[count];
    Arrays.fill(x, 0.5f);
    return x;
  }

  /** A call with room for each array, and calls that lack the last element of one of them. */
  private void exactly(String what, Runnable fits, Runnable... lacking) {
    for (int i = 0; i < CALLS; i++) {
      fits.run();
    }
    for (int i = 0; i < lacking.length; i++) {
      throwsOutOfBounds("%s, array %d".formatted(what, i), lacking[i]);
    }
  }

  @Test
  void elementwise() {
    for (int n : new int[] {16, 32, 33, 47}) {
      float[] x = floats(n);
      float[] y = floats(n);
      float[] less = floats(n - 1);
      exactly(
          "rmsNorm",
          () -> kernels.rmsNorm(x, 1, n, x, 1e-6f, y),
          () -> kernels.rmsNorm(less, 1, n, x, 1e-6f, y),
          () -> kernels.rmsNorm(x, 1, n, less, 1e-6f, y),
          () -> kernels.rmsNorm(x, 1, n, x, 1e-6f, less));
      exactly(
          "add",
          () -> kernels.add(y, x, n),
          () -> kernels.add(less, x, n),
          () -> kernels.add(y, less, n));
      exactly(
          "addBias",
          () -> kernels.addBias(y, 1, x),
          () -> kernels.addBias(less, 1, x),
          () -> kernels.addBias(y, 2, x));
      exactly("scale", () -> kernels.scale(y, n, 1), () -> kernels.scale(less, n, 1));
      exactly(
          "silu",
          () -> kernels.siluMultiply(y, x, n),
          () -> kernels.siluMultiply(less, x, n),
          () -> kernels.siluMultiply(y, less, n));
      exactly(
          "gelu",
          () -> kernels.geluMultiply(y, x, n),
          () -> kernels.geluMultiply(less, x, n),
          () -> kernels.geluMultiply(y, less, n));
    }
    for (Pairing pairing : Pairing.values()) {
      for (int n : new int[] {16, 32, 68}) {
        float[] x = floats(2 * n);
        float[] turn = floats(n / 2);
        float[] less = floats(n / 2 - 1);
        exactly(
            "rotate",
            () -> kernels.rotate(x, 1, 2, n, n, turn, turn, pairing),
            () -> kernels.rotate(floats(2 * n - 1), 1, 2, n, n, turn, turn, pairing),
            () -> kernels.rotate(x, 1, 2, n, n, less, turn, pairing),
            () -> kernels.rotate(x, 1, 2, n, n, turn, less, pairing));
      }
    }
  }

  @Test
  void attention() {
    for (int size : new int[] {16, 20, 64}) {
      int tokens = 2 * KvMemory.BLOCK_LENGTH;
      try (KvMemory kv = new KvMemory(1, 2, 1, size)) {
        float[] k = floats(tokens * size);
        float[] q = floats(tokens * 2 * size);
        float[] y = floats(tokens * 2 * size);
        // The last block of the memory, to its last slot.
        List<Span> all = List.of(new Span(0, tokens, 0, new int[] {0, 1}));
        List<Span> last = List.of(new Span(0, 1, tokens - 1, new int[] {0, 1}));
        kernels.store(kv, 0, all, k, k);
        exactly(
            "store",
            () -> kernels.store(kv, 0, last, k, k),
            () -> kernels.store(kv, 0, all, floats(tokens * size - 1), k),
            () -> kernels.store(kv, 0, all, k, floats(tokens * size - 1)),
            () -> kernels.store(kv, 0, List.of(new Span(0, 1, tokens - 1, new int[] {0, 2})), k, k),
            () ->
                kernels.store(kv, 0, List.of(new Span(0, 1, tokens - 1, new int[] {0, -1})), k, k),
            () -> kernels.store(kv, 0, List.of(new Span(0, 1, tokens, new int[] {0, 1})), k, k),
            () -> kernels.store(kv, 1, last, k, k));
        exactly(
            "attention",
            () -> kernels.attention(kv, 0, last, 2, 1, Integer.MAX_VALUE, q, y),
            () -> kernels.attention(kv, 0, all, 2, 1, Integer.MAX_VALUE, floats(q.length - 1), y),
            () -> kernels.attention(kv, 0, all, 2, 1, Integer.MAX_VALUE, q, floats(y.length - 1)),
            () ->
                kernels.attention(
                    kv, 0, List.of(new Span(0, 1, 31, new int[] {2, 1})), 2, 1, 99, q, y),
            () ->
                kernels.attention(
                    kv, 0, List.of(new Span(0, 1, 32, new int[] {0, 1})), 2, 1, 99, q, y),
            () -> kernels.attention(kv, 1, last, 2, 1, Integer.MAX_VALUE, q, y));
        for (float v : Arrays.copyOf(y, 2 * size)) {
          assertThat(v).isEqualTo(0.5f);
        }
      }
    }
  }

  @Test
  void experts() {
    for (int n : new int[] {16, 32, 33}) {
      float[] logits = floats(n);
      int[] chosen = new int[4];
      float[] weights = new float[4];
      exactly(
          "route",
          () -> kernels.route(logits, 1, n, 4, true, chosen, weights),
          () -> kernels.route(floats(n - 1), 1, n, 4, true, chosen, weights),
          () -> kernels.route(logits, 1, n, 4, true, new int[3], weights),
          () -> kernels.route(logits, 1, n, 4, true, chosen, new float[3]));
      float[] parts = floats(4 * n);
      float[] y = floats(n);
      exactly(
          "combine",
          () -> kernels.combine(parts, chosen, weights, 1, 4, n, y),
          () -> kernels.combine(floats(4 * n - 1), new int[] {0, 1, 2, 3}, weights, 1, 4, n, y),
          () -> kernels.combine(parts, new int[] {0, 1, 2, 4}, weights, 1, 4, n, y),
          () -> kernels.combine(parts, new int[] {0, -1, 2, 3}, weights, 1, 4, n, y),
          () -> kernels.combine(parts, new int[] {0, 1 << 28, 2, 3}, weights, 1, 4, n, y),
          () -> kernels.combine(parts, new int[3], weights, 1, 4, n, y),
          () -> kernels.combine(parts, chosen, new float[3], 1, 4, n, y),
          () -> kernels.combine(parts, chosen, weights, 1, 4, n, floats(n - 1)));
      exactly(
          "sigmoid",
          () -> kernels.sigmoidMultiply(y, logits, n),
          () -> kernels.sigmoidMultiply(floats(n - 1), logits, n),
          () -> kernels.sigmoidMultiply(y, floats(n - 1), n));
    }
  }

  private static List<Span> last(int row, int count, int slot) {
    return List.of(new Span(row, count, 0, new int[0], slot));
  }

  @Test
  void convolve() {
    for (int channels : new int[] {16, 32, 37}) {
      float[] weight = floats(4 * channels);
      float[] u = floats(6 * channels);
      float[] y = floats(6 * channels);
      float[] less = floats(6 * channels - 1);
      try (StateMemory state = new StateMemory(2, 2, 3L * channels, 1);
          StateMemory small = new StateMemory(1, 1, 3L * channels - 1, 1)) {
        state.clear(1);
        small.clear(0);
        exactly(
            "convolve",
            () -> kernels.convolve(state, 1, last(0, 6, 1), channels, weight, u, y),
            () -> kernels.convolve(state, 1, last(0, 6, 1), channels, weight, less, y),
            () -> kernels.convolve(state, 1, last(0, 6, 1), channels, weight, u, less),
            () -> kernels.convolve(state, 1, last(0, 6, 1), channels, less, u, y),
            () -> kernels.convolve(state, 1, last(1, 6, 1), channels, weight, u, y),
            () -> kernels.convolve(state, 1, last(-1, 2, 1), channels, weight, u, y),
            () -> kernels.convolve(state, 2, last(0, 6, 1), channels, weight, u, y),
            () -> kernels.convolve(state, 1, last(0, 6, 2), channels, weight, u, y),
            () -> kernels.convolve(state, 1, last(0, 6, -1), channels, weight, u, y),
            () -> kernels.convolve(small, 0, last(0, 6, 0), channels, weight, u, y));
      }
    }
  }

  @Test
  void deltaRule() {
    for (int size : new int[] {16, 32, 33}) {
      DeltaShape shape = new DeltaShape(1, 2, size, size, false);
      float[] x = floats(2 * shape.channels());
      float[] gate = new float[4];
      float[] y = floats(2 * shape.inner());
      try (StateMemory state = new StateMemory(2, 2, 0, shape.recurrent());
          StateMemory small = new StateMemory(1, 1, 0, shape.recurrent() - 1)) {
        state.clear(1);
        small.clear(0);
        List<Span> all = last(0, 2, 1);
        float[] lessX = floats(x.length - 1);
        float[] lessGate = new float[3];
        float[] lessY = floats(y.length - 1);
        exactly(
            "deltaRule",
            () -> kernels.deltaRule(state, 1, last(1, 1, 1), shape, x, gate, gate, y),
            () -> kernels.deltaRule(state, 1, all, shape, lessX, gate, gate, y),
            () -> kernels.deltaRule(state, 1, all, shape, x, lessGate, gate, y),
            () -> kernels.deltaRule(state, 1, all, shape, x, gate, lessGate, y),
            () -> kernels.deltaRule(state, 1, all, shape, x, gate, gate, lessY),
            () -> kernels.deltaRule(state, 1, last(1, 2, 1), shape, x, gate, gate, y),
            () -> kernels.deltaRule(state, 1, last(-1, 1, 1), shape, x, gate, gate, y),
            () -> kernels.deltaRule(state, 2, all, shape, x, gate, gate, y),
            () -> kernels.deltaRule(state, 1, last(0, 2, 2), shape, x, gate, gate, y),
            () -> kernels.deltaRule(state, 1, last(0, 2, -1), shape, x, gate, gate, y),
            () -> kernels.deltaRule(small, 0, last(0, 2, 0), shape, x, gate, gate, y));
      }
    }
  }
}
