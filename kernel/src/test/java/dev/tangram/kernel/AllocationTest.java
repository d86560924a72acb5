package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Once compiled, no call allocates by the element: a vector that C2 could not keep in a register is
 * boxed, and a kernel that boxes is tens of times slower without any other sign.
 */
@Tag("width")
class AllocationTest {
  /**
   * Group sums, chunk closures; one boxed register for each step of an inner loop would be a
   * hundred times as much.
   */
  private static final long BYTES_PER_CALL_MAX = 40_000;

  private static final long WARM_UP_NANOS_MAX = 20_000_000_000L;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Random random = new Random(1);
  private final Workers workers = new Workers(1);
  private final Kernels kernels = Tiers.of("vector", workers);

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  /**
   * Calls until compiled code no longer allocates; a compilation may take its time on a busy
   * machine.
   */
  private static void settles(String what, Runnable call) {
    long end = System.nanoTime() + WARM_UP_NANOS_MAX;
    long bytes;
    do {
      int calls = 20;
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < calls; i++) {
        call.run();
      }
      bytes = (THREADS.getCurrentThreadAllocatedBytes() - before) / calls;
    } while (bytes > BYTES_PER_CALL_MAX && System.nanoTime() < end);
    assertThat(bytes).as("bytes a call: %s", what).isLessThanOrEqualTo(BYTES_PER_CALL_MAX);
  }

  @ParameterizedTest
  @EnumSource
  void multiply(Format format) {
    int rows = 128;
    int columns = 1024;
    try (Arena arena = Arena.ofConfined()) {
      Matrix w =
          kernels.pack(format, rows, columns, Weights.random(format, rows, columns, random), arena);
      for (int tokens : new int[] {1, 2, 8, 21}) {
        float[] x = Weights.numbers(tokens * columns, random);
        float[] y = new float[tokens * rows];
        settles("%s, %d tokens".formatted(format, tokens), () -> kernels.multiply(w, x, tokens, y));
      }
    }
  }

  @Test
  void elementwise() {
    int count = 60_000;
    float[] x = Weights.numbers(count, random);
    float[] y = new float[count];
    settles("rmsNorm", () -> kernels.rmsNorm(x, 60, 1000, x, 1e-6f, y));
    settles("add", () -> kernels.add(y, x, count));
    settles("scale", () -> kernels.scale(y, count, 0.5f));
    settles("silu", () -> kernels.siluMultiply(x, y, count));
    settles("gelu", () -> kernels.geluMultiply(x, y, count));
    settles("sigmoid", () -> kernels.sigmoidMultiply(y, x, count));
    for (Pairing pairing : Pairing.values()) {
      settles("rotate", () -> kernels.rotate(x, 6, 100, 100, 100, y, y, pairing));
    }
  }

  @Test
  void attention() {
    int tokens = 128;
    int[] table = new int[tokens / KvMemory.BLOCK_LENGTH];
    for (int i = 0; i < table.length; i++) {
      table[i] = i;
    }
    for (int size : new int[] {64, 80, 256}) {
      float[] k = Weights.numbers(tokens * size, random);
      float[] q = Weights.numbers(tokens * 2 * size, random);
      float[] y = new float[q.length];
      List<Span> spans = List.of(new Span(0, tokens, 0, table));
      for (KvType type : KvType.values()) {
        try (KvMemory kv = new KvMemory(1, table.length, 1, size, type)) {
          settles(type + " store", () -> kernels.store(kv, 0, spans, k, k));
          settles(type + " attention", () -> kernels.attention(kv, 0, spans, 2, 0.1f, 50, q, y));
        }
      }
    }
  }

  @Test
  void experts() {
    int groups = 16;
    int[] starts = new int[groups + 1];
    for (int g = 0; g < groups; g++) {
      starts[g + 1] = starts[g] + g % 3;
    }
    int rows = starts[groups];
    try (Arena arena = Arena.ofConfined()) {
      List<Matrix> matrices = new ArrayList<>();
      for (int g = 0; g < groups; g++) {
        MemorySegment source = Weights.random(Format.Q4_K, 64, 512, random);
        matrices.add(kernels.pack(Format.Q4_K, 64, 512, source, arena));
      }
      float[] x = Weights.numbers(rows * 512, random);
      float[] y = new float[rows * 64];
      settles("groups", () -> kernels.multiply(matrices, starts, x, y));
    }
    int tokens = 40;
    float[] logits = Weights.numbers(tokens * 512, random);
    int[] chosen = new int[tokens * 8];
    float[] weights = new float[tokens * 8];
    settles("route", () -> kernels.route(logits, tokens, 512, 8, true, chosen, weights));
    float[] parts = Weights.numbers(512 * 256, random);
    float[] y = new float[tokens * 256];
    settles("combine", () -> kernels.combine(parts, chosen, weights, tokens, 8, 256, y));
  }

  @Test
  void encoder() {
    int rows = 40;
    int heads = 3;
    int size = 24;
    int width = heads * size;
    float[] x = Weights.numbers(rows * width, random);
    float[] y = new float[x.length];
    settles("layerNorm", () -> kernels.layerNorm(x, rows, width, x, x, 1e-6f, y));
    settles("exact gelu", () -> kernels.gelu(y, y.length));
    int[] starts = {0, 33, 33, rows};
    settles("textAttention", () -> kernels.textAttention(starts, heads, size, 0.1f, x, x, x, y));
  }

  @Test
  void recurrent() {
    int tokens = 50;
    for (int size : new int[] {32, 64, 128}) {
      DeltaShape shape = new DeltaShape(2, 4, size, size, false);
      List<Span> spans =
          List.of(
              new Span(0, tokens - 1, 0, new int[0], 0), new Span(tokens - 1, 1, 9, new int[0], 1));
      float[] mixed = Weights.numbers(tokens * shape.channels(), random);
      float[] weight = Weights.numbers(4 * shape.channels(), random);
      float[] gates = new float[tokens * shape.valueHeads()];
      float[] convolved = new float[mixed.length];
      float[] y = new float[tokens * shape.inner()];
      try (StateMemory state = new StateMemory(1, 2, 3 * shape.channels(), shape.recurrent())) {
        state.clear(0);
        state.clear(1);
        settles(
            "convolve",
            () -> kernels.convolve(state, 0, spans, shape.channels(), weight, mixed, convolved));
        settles(
            "deltaRule", () -> kernels.deltaRule(state, 0, spans, shape, mixed, gates, gates, y));
      }
    }
  }
}
