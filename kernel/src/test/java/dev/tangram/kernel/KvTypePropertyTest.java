package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.kernel.scalar.ScalarKernels;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and values in fewer bits: rounded once, and from there on f32 arithmetic bit for bit. */
@Tag("width")
class KvTypePropertyTest {
  private static final long SEED = Weights.seed(KvTypePropertyTest.class);
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;
  private static final int TOKENS = 53;
  private static final int KV_HEADS = 2;
  private static final int HEADS = 6;
  private static final int[] WINDOWS = {Integer.MAX_VALUE, 21, 1};

  private final Workers workers = new Workers(2);
  private final Kernels vector = Tiers.of(tier(), workers);
  private final Kernels scalar = new ScalarKernels(workers);

  /** The tier under test. */
  String tier() {
    return "vector";
  }

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  /** One sequence in scattered blocks. */
  private static final class World {
    final int size;
    final int[] table;
    final float[] q;
    final float[] k;
    final float[] v;

    World(int size, Random random) {
      this.size = size;
      List<Integer> blocks = new ArrayList<>(IntStream.range(0, 6).boxed().toList());
      Collections.shuffle(blocks, random);
      table = blocks.stream().mapToInt(Integer::intValue).limit(4).toArray();
      q = Weights.numbers(TOKENS * HEADS * size, random);
      k = Weights.numbers(TOKENS * KV_HEADS * size, random);
      v = Weights.numbers(TOKENS * KV_HEADS * size, random);
    }

    KvMemory memory(KvType type, Kernels kernels) {
      KvMemory kv = new KvMemory(1, 6, KV_HEADS, size, type);
      float[] nothing = new float[6 * BLOCK * KV_HEADS * size];
      Arrays.fill(nothing, Float.NaN);
      Span all = new Span(0, 6 * BLOCK, 0, IntStream.range(0, 6).toArray());
      kernels.store(kv, 0, List.of(all), nothing, nothing);
      return kv;
    }

    /** Stores and attends in steps of at most {@code most} tokens. */
    float[] attend(KvType type, Kernels kernels, float[] k, float[] v, int window, int most) {
      float[] y = new float[q.length];
      try (KvMemory kv = memory(type, kernels)) {
        for (int at = 0; at < TOKENS; at += most) {
          Span span = new Span(at, Math.min(most, TOKENS - at), at, table);
          kernels.store(kv, 0, List.of(span), k, v);
          kernels.attention(
              kv, 0, List.of(span), HEADS, (float) (1 / Math.sqrt(size)), window, q, y);
        }
      }
      return y;
    }
  }

  /** What a row of a head becomes, said once more in other words than the kernel's. */
  private static float[] rounded(KvType type, float[] x, int size) {
    float[] y = x.clone();
    for (int row = 0; row < x.length; row += size) {
      for (int from = row; from < row + size; from += 32) {
        int to = Math.min(from + 32, row + size);
        float most = 0;
        for (int i = from; i < to; i++) {
          most = Math.max(most, Math.abs(x[i]));
        }
        float scale = most / 127;
        for (int i = from; i < to; i++) {
          y[i] =
              switch (type) {
                case F32 -> x[i];
                case F16 -> Float.float16ToFloat(Float.floatToFloat16(x[i]));
                case Q8_0 -> scale == 0 ? 0 : (float) Math.floor(x[i] / scale + 0.5f) * scale;
              };
        }
      }
    }
    return y;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 13, 16, 20, 32, 64, 80, 96, 128, 256})
  void attendsOverRoundedNumbersAsF32Does(int size) {
    Random random = new Random(SEED + size);
    World world = new World(size, random);
    for (KvType type : KvType.values()) {
      float[] k = rounded(type, world.k, size);
      float[] v = rounded(type, world.v, size);
      for (int window : WINDOWS) {
        String what = "seed %d, %s, S %d, window %d".formatted(SEED, type, size, window);
        float[] expected = world.attend(KvType.F32, vector, k, v, window, TOKENS);
        float[] y = world.attend(type, vector, world.k, world.v, window, TOKENS);
        assertThat(y).as(what).isEqualTo(expected);
        assertThat(world.attend(type, vector, world.k, world.v, window, 1 + random.nextInt(19)))
            .as("%s, in pieces", what)
            .isEqualTo(y);
        float[] oracle = world.attend(type, scalar, world.k, world.v, window, TOKENS);
        for (int i = 0; i < y.length; i++) {
          assertThat(Math.abs(y[i] - oracle[i]))
              .as("%s: y[%d] %s for %s", what, i, y[i], oracle[i])
              .isLessThanOrEqualTo((16 + size) * 0x1p-24f * 5);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KvType.class)
  void bothTiersStoreTheSameBytes(KvType type) {
    for (int size : new int[] {13, 32, 80}) {
      World world = new World(size, new Random(SEED));
      Span span = new Span(0, TOKENS, 0, world.table);
      try (KvMemory a = world.memory(type, vector);
          KvMemory b = world.memory(type, scalar)) {
        vector.store(a, 0, List.of(span), world.k, world.v);
        scalar.store(b, 0, List.of(span), world.k, world.v);
        assertThat(a.slab(0, 0).mismatch(b.slab(0, 0))).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KvType.class)
  void roundsNoFurtherThanItSays(KvType type) {
    int size = 80;
    World world = new World(size, new Random(SEED));
    Span span = new Span(0, TOKENS, 0, world.table);
    try (KvMemory kv = world.memory(type, scalar)) {
      scalar.store(kv, 0, List.of(span), world.k, world.v);
      for (int i = 0; i < world.k.length; i++) {
        int s = i % size;
        int head = i / size % KV_HEADS;
        int position = i / size / KV_HEADS;
        int block = world.table[position / BLOCK];
        int slot = position % BLOCK;
        MemorySegment memory = kv.slab(0, block);
        int from = i - s % KvType.GROUP;
        int to = Math.min(from + KvType.GROUP, i - s + size);
        assertThat(KvRows.key(kv, memory, block, head, slot, s) - world.k[i])
            .isBetween(-limit(type, world.k, i, from, to), limit(type, world.k, i, from, to));
        assertThat(KvRows.value(kv, memory, block, head, slot, s) - world.v[i])
            .isBetween(-limit(type, world.v, i, from, to), limit(type, world.v, i, from, to));
      }
    }
  }

  private static float limit(KvType type, float[] x, int i, int from, int to) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> Math.max(Math.abs(x[i]) * 0x1p-11f, 0x1p-25f);
      case Q8_0 -> {
        float most = 0;
        for (int j = from; j < to; j++) {
          most = Math.max(most, Math.abs(x[j]));
        }
        yield most / 253;
      }
    };
  }

  /** What overflows stays finite, and what is no number stays none. */
  @ParameterizedTest
  @EnumSource(KvType.class)
  void extremesStayWhatTheyAre(KvType type) {
    for (String tier : Tiers.names()) {
      Kernels kernels = Tiers.of(tier, workers);
      int size = 32;
      float[] k = new float[size];
      float[] v = new float[size];
      Arrays.fill(v, 1e9f);
      v[1] = -1e9f;
      float[] y = new float[size];
      Span span = new Span(0, 1, 0, new int[] {0});
      try (KvMemory kv = new KvMemory(1, 1, 1, size, type)) {
        kernels.store(kv, 0, List.of(span), k, v);
        kernels.attention(kv, 0, List.of(span), 1, 1, Integer.MAX_VALUE, k, y);
        float most = type == KvType.F16 ? 65504 : 1e9f;
        assertThat(y[0]).isBetween(most * 0.999f, most * 1.001f);
        assertThat(y[1]).isBetween(-most * 1.001f, -most * 0.999f);
        v[5] = Float.NaN;
        kernels.store(kv, 0, List.of(span), k, v);
        kernels.attention(kv, 0, List.of(span), 1, 1, Integer.MAX_VALUE, k, y);
        assertThat(y[5]).isNaN();
      }
    }
  }

  /** Layers with blocks of their own are written and read through a table of their own. */
  @Test
  void windowedLayersHaveTheirOwnBlocks() {
    int size = 24;
    World world = new World(size, new Random(SEED));
    int window = 20;
    for (Kernels kernels : List.of(vector, scalar)) {
      for (KvType type : KvType.values()) {
        float[] expected = world.attend(type, kernels, world.k, world.v, window, 9);
        try (KvMemory kv =
            new KvMemory(2, 6, KV_HEADS, size, type, new boolean[] {false, true}, 3)) {
          assertThat(kv.bytes()).isEqualTo(KvMemory.bytesPerBlock(1, KV_HEADS, size, type) * 9);
          float[] y = new float[world.q.length];
          for (int at = 0; at < TOKENS; at += 9) {
            // Three blocks in turn are enough for a window and a step.
            int[] windows = {0, 1, 2, 0};
            Span span = new Span(at, Math.min(9, TOKENS - at), at, world.table, windows, -1);
            kernels.store(kv, 0, List.of(span), world.q, world.q);
            kernels.store(kv, 1, List.of(span), world.k, world.v);
            kernels.attention(
                kv, 1, List.of(span), HEADS, (float) (1 / Math.sqrt(size)), window, world.q, y);
          }
          assertThat(y).isEqualTo(expected);
          assertThat(kv.bytesHeld()).isLessThanOrEqualTo(kv.bytes());
        }
      }
    }
  }

  @Test
  void blocksTakeAsManyBytesAsTheirType() {
    assertThat(KvMemory.bytesPerBlock(1, 1, 128, KvType.F32)).isEqualTo(2 * 128 * 16 * 4);
    assertThat(KvMemory.bytesPerBlock(1, 1, 128, KvType.F16)).isEqualTo(2 * 128 * 16 * 2);
    assertThat(KvMemory.bytesPerBlock(1, 1, 128, KvType.Q8_0)).isEqualTo(2 * 128 * 16 * 36 / 32);
    for (KvType type : KvType.values()) {
      try (KvMemory kv = new KvMemory(2, 3, 2, 20, type)) {
        float[] k = new float[3 * BLOCK * 2 * 20];
        for (int layer = 0; layer < 2; layer++) {
          vector.store(kv, layer, List.of(new Span(0, 3 * BLOCK, 0, new int[] {0, 1, 2})), k, k);
        }
        assertThat(kv.bytesHeld()).isEqualTo(kv.bytes());
      }
    }
  }
}
