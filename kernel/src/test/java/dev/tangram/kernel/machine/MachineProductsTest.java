package dev.tangram.kernel.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Workers;
import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;
import dev.tangram.kernel.vector.VectorKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both instruction sets against the vector tier, bit for bit, and what the code may not do. */
class MachineProductsTest {
  private static final long SEED = Long.getLong("tangram.seed", System.nanoTime());

  private final Workers workers = new Workers(2);
  private final Kernels vector = new VectorKernels(workers);

  @BeforeEach
  void thisIsAMachineForIt() {
    System.out.printf("MachineProductsTest seed=%d (replay: -Dtangram.seed=%<d)%n", SEED);
    assumeThat(Host.known()).isTrue();
  }

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  private static MachineProducts products(Isa isa) {
    assumeThat(Cpu.instructionSets()).contains(isa);
    MachineProducts products = new MachineProducts(isa);
    for (Format format : Format.values()) {
      assertThat(products.prepare(format)).as(format.name()).isNull();
    }
    return products;
  }

  /** Counts what it passes on, so that a test cannot pass by asking the vector tier. */
  private record Counting(PanelProducts products, int[] calls) implements PanelProducts {
    @Override
    public Layout layout(Format format) {
      return products.layout(format);
    }

    @Override
    public boolean takes(Format format, int columns) {
      return products.takes(format, columns);
    }

    @Override
    public void multiply(
        Format format,
        int columns,
        MemorySegment panel,
        float[] x,
        int xAt,
        float[] sums,
        int sumsAt,
        int tokens,
        float[] y) {
      synchronized (calls) {
        calls[0]++;
      }
      products.multiply(format, columns, panel, x, xAt, sums, sumsAt, tokens, y);
    }
  }

  private static final class Tier extends VectorKernels {
    Tier(Workers workers, PanelProducts products) {
      super(workers, products);
    }
  }

  /** Any bytes at all: scales that are infinite or no numbers included. */
  private static MemorySegment anything(Format format, int rows, int columns, Random random) {
    byte[] bytes = new byte[Math.toIntExact(rows * format.rowBytes(columns))];
    random.nextBytes(bytes);
    return MemorySegment.ofArray(bytes);
  }

  @ParameterizedTest
  @EnumSource
  void sameBitsAsTheVectorTier(Isa isa) {
    Random random = new Random(SEED);
    int[] calls = {0};
    Kernels machine = new Tier(workers, new Counting(products(isa), calls));
    for (Format format : Format.values()) {
      for (int columns : new int[] {32, 64, 96, 256, 288, 512, 544, 1376, 3072}) {
        if (columns % format.blockLength() != 0) {
          continue;
        }
        int rows = 1 + random.nextInt(70);
        MemorySegment source = anything(format, rows, columns, random);
        try (Arena arena = Arena.ofShared()) {
          Matrix w = vector.pack(format, rows, columns, source, arena);
          Matrix tight = machine.pack(format, rows, columns, source, arena);
          for (int tokens : new int[] {1, 2, 3, 7, 8, 15, 16, 33, 70}) {
            calls[0] = 0;
            float[] x = new float[tokens * columns];
            for (int i = 0; i < x.length; i++) {
              x[i] = (float) random.nextGaussian();
            }
            float[] expected = new float[tokens * rows];
            float[] found = new float[tokens * rows];
            vector.multiply(w, x, tokens, expected);
            machine.multiply(tight, x, tokens, found);
            assertThat(found)
                .as("%s[%d, %d], %d tokens", format, rows, columns, tokens)
                .isEqualTo(expected);
            assertThat(calls[0])
                .as("calls for %s", format)
                .isEqualTo(
                    FormatCode.takesFloats(Layout.tight(format))
                        ? Math.ceilDiv(rows, 32) * Math.ceilDiv(tokens, 64)
                        : 0);
          }
        }
      }
    }
  }

  /** Packs as the machine tier does and leaves all products to the vector tier. */
  private record Idle() implements PanelProducts {
    @Override
    public Layout layout(Format format) {
      return Layout.tight(format);
    }

    @Override
    public boolean takes(Format format, int columns) {
      return false;
    }

    @Override
    public void multiply(
        Format format,
        int columns,
        MemorySegment panel,
        float[] x,
        int xAt,
        float[] sums,
        int sumsAt,
        int tokens,
        float[] y) {
      throw new AssertionError("takes nothing");
    }
  }

  /** Where code is not used, the vector tier multiplies the machine tier's panels. */
  @Test
  void tightPanelsGiveTheSameBits() {
    Random random = new Random(SEED);
    Kernels idle = new Tier(workers, new Idle());
    for (Format format : Format.values()) {
      int columns = 512 + (format.blockLength() == 256 ? 0 : 32);
      int rows = 70;
      MemorySegment source = anything(format, rows, columns, random);
      try (Arena arena = Arena.ofShared()) {
        Matrix loose = vector.pack(format, rows, columns, source, arena);
        Matrix tight = idle.pack(format, rows, columns, source, arena);
        assertThat(tight.bytes() < loose.bytes())
            .as(format.name())
            .isEqualTo(Layout.tight(format).spare() > 0);
        float[] expected = new float[columns];
        float[] found = new float[columns];
        for (int row = 0; row < rows; row++) {
          vector.row(loose, row, expected, 0);
          idle.row(tight, row, found, 0);
          assertThat(found).as("%s row %d", format, row).isEqualTo(expected);
        }
        for (int tokens : new int[] {1, 2, 7}) {
          float[] x = filled(0, tokens * columns, 0, random);
          expected = new float[tokens * rows];
          found = new float[tokens * rows];
          vector.multiply(loose, x, tokens, expected);
          idle.multiply(tight, x, tokens, found);
          assertThat(found).as("%s, %d tokens", format, tokens).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theFormatsOfRealModelsHaveCode(Isa isa) {
    MachineProducts products = products(isa);
    for (Format format :
        List.of(
            Format.Q4_K,
            Format.Q6_K,
            Format.Q5_0,
            Format.Q8_0,
            Format.Q4_0,
            Format.Q4_1,
            Format.Q5_1,
            Format.Q5_K,
            Format.F16,
            Format.BF16,
            Format.F32)) {
      assertThat(products.takes(format, 512)).as(format.name()).isTrue();
    }
  }

  /** The call that fits, to the last element, and calls that lack one element. */
  @ParameterizedTest
  @EnumSource
  void whatLacksAnElementIsRefused(Isa isa) {
    MachineProducts products = products(isa);
    Layout layout = Layout.tight(Format.Q5_0);
    int columns = 288;
    int tokens = 3;
    int groups = 9;
    int bytes = (layout.sectionWords(8) + layout.sectionWords(1)) * 128;
    float[] x = new float[5 + tokens * columns];
    float[] sums = new float[7 + tokens * groups];
    float[] y = new float[tokens * 32];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(bytes + 128, 64);
      MemorySegment panel = memory.asSlice(0, bytes);
      products.multiply(Format.Q5_0, columns, panel, x, 5, sums, 7, tokens, y);
      for (Runnable lacking :
          List.<Runnable>of(
              () -> products.multiply(Format.Q5_0, columns, panel, x, 6, sums, 7, tokens, y),
              () -> products.multiply(Format.Q5_0, columns, panel, x, -1, sums, 7, tokens, y),
              () -> products.multiply(Format.Q5_0, columns, panel, x, 5, sums, 8, tokens, y),
              () -> products.multiply(Format.Q5_0, columns, panel, x, 5, sums, 7, 4, y),
              () -> products.multiply(Format.Q5_0, columns, panel, x, 5, sums, 7, -1, y),
              () ->
                  products.multiply(
                      Format.Q5_0, columns, panel, x, 5, sums, 7, tokens, new float[95]),
              () ->
                  products.multiply(
                      Format.Q5_0, columns, memory.asSlice(0, bytes - 4), x, 5, sums, 7, tokens, y),
              () ->
                  products.multiply(
                      Format.Q5_0, columns, memory.asSlice(4, bytes), x, 5, sums, 7, tokens, y),
              () -> products.multiply(Format.Q5_0, 320, panel, x, 5, sums, 7, tokens, y))) {
        assertThatThrownBy(lacking::run)
            .isInstanceOfAny(IndexOutOfBoundsException.class, IllegalArgumentException.class);
      }
    }
  }

  /** What stands in front of and behind the operands is neither read nor written. */
  @ParameterizedTest
  @EnumSource
  void neighboursAreLeftAlone(Isa isa) {
    MachineProducts products = products(isa);
    Random random = new Random(SEED);
    for (Format format : Format.values()) {
      Layout layout = Layout.tight(format);
      int columns = format.blockLength() == 256 ? 512 : 288;
      if (!products.takes(format, columns)) {
        continue;
      }
      int groups = columns / layout.group();
      int perSection = Layout.SECTION / layout.group();
      int bytes =
          (groups / perSection * layout.sectionWords(perSection)
                  + (groups % perSection == 0 ? 0 : layout.sectionWords(groups % perSection)))
              * 128;
      int tokens = 31;
      try (Arena arena = Arena.ofConfined()) {
        // The panel's end is the end of a mapping, and nothing is mapped behind it.
        long page = 1 << 16; // the largest of AArch64
        long mapped = -(-bytes & -page);
        MemorySegment guarded = LinuxMemory.map(mapped + page, arena);
        LinuxMemory.forbid(guarded.asSlice(mapped, page));
        MemorySegment panel = guarded.asSlice(mapped - bytes, bytes);
        for (long i = 0; i < bytes; i++) {
          panel.set(ValueLayout.JAVA_BYTE, i, (byte) (random.nextInt() & 0x3F));
        }
        float[] first = null;
        for (float around : new float[] {0, Float.NaN}) {
          Random same = new Random(SEED);
          float[] x = filled(11, tokens * columns, around, same);
          float[] sums = filled(13, tokens * groups, around, same);
          float[] y = new float[tokens * 32 + 40];
          Arrays.fill(y, tokens * 32, y.length, 77);
          products.multiply(format, columns, panel, x, 11, sums, 13, tokens, y);
          assertThat(Arrays.copyOfRange(y, tokens * 32, y.length)).containsOnly(77);
          if (first == null) {
            first = y;
          }
          assertThat(y).as("%s among %s", format, around).isEqualTo(first);
        }
      }
    }
  }

  private static float[] filled(int before, int count, float around, Random random) {
    float[] x = new float[before + count + 40];
    Arrays.fill(x, around);
    for (int i = before; i < before + count; i++) {
      x[i] = random.nextFloat();
    }
    return x;
  }

  /** Products that get one lane wrong. */
  private record Wrong(PanelProducts products) implements PanelProducts {
    @Override
    public Layout layout(Format format) {
      return products.layout(format);
    }

    @Override
    public boolean takes(Format format, int columns) {
      return products.takes(format, columns);
    }

    @Override
    public void multiply(
        Format format,
        int columns,
        MemorySegment panel,
        float[] x,
        int xAt,
        float[] sums,
        int sumsAt,
        int tokens,
        float[] y) {
      products.multiply(format, columns, panel, x, xAt, sums, sumsAt, tokens, y);
      if (tokens > 1) {
        y[30 * 32 + 15] = Math.nextUp(y[30 * 32 + 15]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTryoutFindsALaneThatIsOffByOneBit(Isa isa) {
    MachineProducts products = products(isa);
    assertThat(Tryout.difference(products, Format.Q4_K)).isNull();
    assertThat(Tryout.difference(new Wrong(products), Format.Q4_K))
        .startsWith("row 15 of token 30 of 31: ");
  }

  @Test
  void codeThatDiffersIsNotUsed() {
    MachineProducts products = new MachineProducts(Isa.AVX2);
    products.reject(Format.Q4_K, "row 0 of token 0 of 1: 1.0 for 2.0");
    assertThat(products.prepare(Format.Q4_K)).isEqualTo("row 0 of token 0 of 1: 1.0 for 2.0");
    assertThat(products.takes(Format.Q4_K, 256)).isFalse();
  }

  /** Where the system gives none, the reason is told: code of no bytes cannot be mapped. */
  @Test
  void refusedMemorySaysWhy() {
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> ExecutableMemory.of(new byte[0], arena))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage("the system refused mmap of 0 bytes, errno 22");
    }
  }

  @Test
  void largeMatricesShareLargePages() {
    HugePages pages = new HugePages();
    MemorySegment gone;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment a = pages.in(arena).allocate(1_000_001, 64);
      MemorySegment b = pages.in(arena).allocate(300_000, 64);
      assertThat(a.address() % (2 << 20)).isZero();
      assertThat(b.address() - a.address()).isEqualTo(1_000_064);
      assertThat(a.byteSize()).isEqualTo(1_000_001);
      assertThat(b.byteSize()).isEqualTo(300_000);
      MemorySegment big = pages.in(arena).allocate(100L << 20, 64);
      assertThat(big.address() % (2 << 20)).isZero();
      assertThat(big.get(ValueLayout.JAVA_BYTE, (100L << 20) - 1)).isZero();
      gone = b;
    }
    assertThatThrownBy(() -> gone.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }
}
