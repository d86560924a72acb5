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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products with 16-bit activations, by all instructions that are here, and their exact sums. */
class IntegerProductsTest {
  private static final long SEED = Long.getLong("tangram.seed", System.nanoTime());

  /** Instructions that the code is written with. */
  enum Way {
    AVX512_VNNI(Isa.AVX512, Pairs.DOT),
    AVX512(Isa.AVX512, Pairs.MULTIPLY_ADD),
    AVX_VNNI(Isa.AVX2, Pairs.DOT),
    AVX2(Isa.AVX2, Pairs.MULTIPLY_ADD),
    NEON_DOTPROD(Isa.NEON, Pairs.DOT);

    final Isa isa;
    final Pairs pairs;

    Way(Isa isa, Pairs pairs) {
      this.isa = isa;
      this.pairs = pairs;
    }
  }

  private final Workers workers = new Workers(2);

  @BeforeEach
  void thisIsAMachineForIt() {
    System.out.printf("IntegerProductsTest seed=%d (replay: -Dtangram.seed=%<d)%n", SEED);
    assumeThat(Host.known()).isTrue();
  }

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  private static MachineProducts products(Way way) {
    assumeThat(Cpu.instructionSets()).contains(way.isa);
    Pairs best = Cpu.pairs(way.isa);
    assumeThat(best).isNotNull();
    assumeThat(way.pairs == Pairs.MULTIPLY_ADD || best == Pairs.DOT).isTrue();
    MachineProducts products = new MachineProducts(way.isa, way.pairs);
    for (Format format : Format.values()) {
      assertThat(products.prepare(format)).as(format.name()).isNull();
    }
    return products;
  }

  private static final class Tier extends VectorKernels {
    Tier(Workers workers, PanelProducts products) {
      super(workers, products);
    }
  }

  /** Passes calls on and compares every result with {@link IntegerSum}. */
  private record Checked(
      PanelProducts products, AtomicInteger calls, AtomicReference<String> difference)
      implements PanelProducts {
    Checked(PanelProducts products) {
      this(products, new AtomicInteger(), new AtomicReference<>());
    }

    @Override
    public Layout layout(Format format) {
      return products.layout(format);
    }

    @Override
    public boolean takes(Format format, int columns) {
      return products.takes(format, columns);
    }

    @Override
    public boolean integers(Format format, int columns) {
      return products.integers(format, columns);
    }

    @Override
    public void cells(
        Format format, int columns, float[] x, int from, int[] cells, int to, int stride) {
      products.cells(format, columns, x, from, cells, to, stride);
      int[] expected = new int[CELL_WORDS];
      for (int c = 0; c < columns; c += CELL_COLUMNS, to += stride * CELL_WORDS) {
        Cells.fill(Layout.tight(format), x, from + c, expected, 0);
        if (!Float.isNaN(Float.intBitsToFloat(expected[Cells.STEP]))
            && !Arrays.equals(expected, Arrays.copyOfRange(cells, to, to + CELL_WORDS))) {
          difference.set(
              "cell of %s: %s for %s"
                  .formatted(
                      format,
                      Arrays.toString(Arrays.copyOfRange(cells, to, to + CELL_WORDS)),
                      Arrays.toString(expected)));
        }
      }
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
    }

    @Override
    public void multiply(
        Format format,
        int columns,
        MemorySegment panel,
        int[] cells,
        int at,
        int tokens,
        float[] y) {
      calls.incrementAndGet();
      products.multiply(format, columns, panel, cells, at, tokens, y);
      IntegerSum sum = new IntegerSum(Layout.tight(format), columns, panel, cells, at, tokens);
      for (int t = 0; t < tokens; t++) {
        for (int row = 0; row < 32; row++) {
          float expected = sum.of(t, row);
          if (Float.floatToIntBits(y[t * 32 + row]) != Float.floatToIntBits(expected)) {
            difference.set(
                "%s[%d] token %d of %d, row %d: %s for %s"
                    .formatted(format, columns, t, tokens, row, y[t * 32 + row], expected));
          }
        }
      }
    }
  }

  /** Any bytes at all: scales that are infinite or no numbers included. */
  private static MemorySegment anything(Format format, int rows, int columns, Random random) {
    byte[] bytes = new byte[Math.toIntExact(rows * format.rowBytes(columns))];
    random.nextBytes(bytes);
    return MemorySegment.ofArray(bytes);
  }

  private static float[] numbers(int count, Random random) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      // Now and then of quite another size, as activations are.
      float size = random.nextInt(40) == 0 ? (float) Math.exp(20 * random.nextGaussian()) : 1;
      x[i] = (float) random.nextGaussian() * size;
    }
    return x;
  }

  @ParameterizedTest
  @EnumSource
  void sameBitsAsExactSums(Way way) {
    Random random = new Random(SEED);
    MachineProducts products = products(way);
    for (Format format : Format.values()) {
      Checked checked = new Checked(products);
      Kernels machine = new Tier(workers, checked);
      for (int columns : new int[] {32, 96, 256, 288, 512, 1376}) {
        if (columns % format.blockLength() != 0) {
          continue;
        }
        int rows = 1 + random.nextInt(70);
        try (Arena arena = Arena.ofShared()) {
          MemorySegment source = anything(format, rows, columns, random);
          Matrix w = machine.pack(format, rows, columns, source, arena);
          for (int tokens : new int[] {1, 2, 3, 4, 8, 15, 16, 70}) {
            checked.calls.set(0);
            float[] x = numbers(tokens * columns, random);
            machine.multiply(w, x, tokens, new float[tokens * rows]);
            assertThat(checked.difference.get()).isNull();
            boolean integers = FormatCode.takesIntegers(Layout.tight(format));
            assertThat(checked.calls.get())
                .as("calls for %s", format)
                .isEqualTo(integers ? Math.ceilDiv(rows, 32) * Math.ceilDiv(tokens, 64) : 0);
          }
        }
      }
    }
  }

  /** The largest sums there can be: all quants and all activations at their ends. */
  @ParameterizedTest
  @EnumSource
  void theLargestSumsDoNotOverflow(Way way) {
    MachineProducts products = products(way);
    for (Format format : Format.values()) {
      if (!FormatCode.takesIntegers(Layout.tight(format))) {
        continue;
      }
      Checked checked = new Checked(products);
      Kernels machine = new Tier(workers, checked);
      for (int fill : new int[] {0x00, 0x7F, 0x80, 0xFF}) {
        byte[] bytes = new byte[Math.toIntExact(32 * format.rowBytes(256))];
        Arrays.fill(bytes, (byte) fill);
        try (Arena arena = Arena.ofShared()) {
          Matrix w = machine.pack(format, 32, 256, MemorySegment.ofArray(bytes), arena);
          for (float value : new float[] {3, -3}) {
            float[] x = new float[256];
            Arrays.fill(x, value);
            machine.multiply(w, x, 1, new float[32]);
            assertThat(checked.difference.get()).isNull();
          }
        }
      }
    }
  }

  @Test
  void theFormatsOfRealModelsHaveIntegers() {
    MachineProducts products = products(Way.AVX2);
    for (Format format : Format.values()) {
      boolean expected =
          switch (format) {
            case Q4_K, Q5_K, Q6_K, Q3_K, Q5_0, Q5_1, Q8_0, Q4_0, Q4_1, IQ4_NL, IQ4_XS -> true;
            case F16, BF16, F32, Q2_K, MXFP4 -> false;
          };
      assertThat(products.integers(format, 512)).as(format.name()).isEqualTo(expected);
    }
  }

  /** One number that is none makes a token's results NaN, whatever it is multiplied by. */
  @ParameterizedTest
  @EnumSource
  void whatIsNoNumberStaysNone(Way way) {
    Random random = new Random(SEED);
    Kernels machine = new Tier(workers, products(way));
    for (Format format : Format.values()) {
      if (!FormatCode.takesIntegers(Layout.tight(format))) {
        continue;
      }
      byte[] zeros = new byte[Math.toIntExact(40 * format.rowBytes(512))];
      try (Arena arena = Arena.ofShared()) {
        Matrix w = machine.pack(format, 40, 512, MemorySegment.ofArray(zeros), arena);
        for (float none :
            new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
          float[] x = numbers(3 * 512, random);
          x[512 + random.nextInt(512)] = none;
          float[] y = new float[3 * 40];
          machine.multiply(w, x, 3, y);
          for (int i = 0; i < y.length; i++) {
            assertThat(Float.isNaN(y[i])).as("%s %s at %d", format, none, i).isEqualTo(i / 40 == 1);
          }
        }
      }
    }
  }

  /** The call that fits, to the last element, and calls that lack one element. */
  @ParameterizedTest
  @EnumSource
  void whatLacksAnElementIsRefused(Way way) {
    MachineProducts products = products(way);
    Layout layout = Layout.tight(Format.Q5_0);
    int columns = 288;
    int tokens = 3;
    int bytes = (layout.sectionWords(8) + layout.sectionWords(1)) * 128;
    int[] cells = new int[5 + tokens * 9 * PanelProducts.CELL_WORDS];
    float[] x = new float[7 + columns];
    float[] y = new float[tokens * 32];
    Format format = Format.Q5_0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(bytes + 128, 64);
      MemorySegment panel = memory.asSlice(0, bytes);
      products.multiply(format, columns, panel, cells, 5, tokens, y);
      products.cells(format, columns, x, 7, cells, 5, 3);
      products.cells(format, columns, x, 7, cells, 5 + 2 * PanelProducts.CELL_WORDS, 3);
      int last = 5 + 2 * PanelProducts.CELL_WORDS;
      for (Runnable lacking :
          List.<Runnable>of(
              () -> products.multiply(format, columns, panel, cells, 6, tokens, y),
              () -> products.multiply(format, columns, panel, cells, -1, tokens, y),
              () -> products.multiply(format, columns, panel, cells, 5, 4, y),
              () -> products.multiply(format, columns, panel, cells, 5, -1, y),
              () -> products.multiply(format, columns, panel, cells, 5, tokens, new float[95]),
              () -> products.multiply(format, 288, memory.asSlice(0, bytes - 4), cells, 5, 3, y),
              () -> products.multiply(format, 288, memory.asSlice(4, bytes), cells, 5, 3, y),
              () -> products.multiply(format, 320, panel, cells, 5, tokens, y),
              () -> products.multiply(format, 300, panel, cells, 5, tokens, y),
              () -> products.cells(format, columns, x, 8, cells, 5, 3),
              () -> products.cells(format, columns, x, -1, cells, 5, 3),
              () -> products.cells(format, columns, x, 7, cells, last + 1, 3),
              () -> products.cells(format, columns, x, 7, cells, -1, 3),
              () -> products.cells(format, columns, x, 7, cells, 5, 4),
              () -> products.cells(format, columns, x, 7, cells, 5, -1),
              () -> products.cells(format, columns, x, 7, cells, 5, Integer.MAX_VALUE))) {
        assertThatThrownBy(lacking::run)
            .isInstanceOfAny(
                IndexOutOfBoundsException.class,
                IllegalArgumentException.class,
                ArithmeticException.class);
      }
    }
  }

  /** What stands in front of and behind the operands is neither read nor written. */
  @ParameterizedTest
  @EnumSource
  void neighboursAreLeftAlone(Way way) {
    MachineProducts products = products(way);
    Random random = new Random(SEED);
    for (Format format : Format.values()) {
      Layout layout = Layout.tight(format);
      if (!FormatCode.takesIntegers(layout)) {
        continue;
      }
      int columns = format.blockLength() == 256 ? 512 : 288;
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
        float[] x = numbers(tokens * columns, random);
        float[] first = null;
        for (int around : new int[] {0, 0x7FC00000}) {
          int words = tokens * columns / 32 * PanelProducts.CELL_WORDS;
          int[] cells = new int[11 + words + 40];
          Arrays.fill(cells, around);
          for (int t = 0; t < tokens; t++) {
            int to = 11 + t * PanelProducts.CELL_WORDS;
            products.cells(format, columns, x, t * columns, cells, to, tokens);
          }
          assertThat(Arrays.copyOf(cells, 11)).containsOnly(around);
          assertThat(Arrays.copyOfRange(cells, 11 + words, cells.length)).containsOnly(around);
          float[] y = new float[tokens * 32 + 40];
          Arrays.fill(y, tokens * 32, y.length, 77);
          products.multiply(format, columns, panel, cells, 11, tokens, y);
          assertThat(Arrays.copyOfRange(y, tokens * 32, y.length)).containsOnly(77);
          if (first == null) {
            first = y;
          }
          assertThat(y).as("%s among %s", format, around).isEqualTo(first);
        }
      }
    }
  }

  /** Products that get one lane of many tokens wrong. */
  private record Wrong(PanelProducts products) implements PanelProducts {
    @Override
    public Layout layout(Format format) {
      return products.layout(format);
    }

    @Override
    public boolean takes(Format format, int columns) {
      return true;
    }

    @Override
    public boolean integers(Format format, int columns) {
      return true;
    }

    @Override
    public void cells(
        Format format, int columns, float[] x, int from, int[] cells, int to, int stride) {
      products.cells(format, columns, x, from, cells, to, stride);
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
      throw new AssertionError("asked for integers");
    }

    @Override
    public void multiply(
        Format format,
        int columns,
        MemorySegment panel,
        int[] cells,
        int at,
        int tokens,
        float[] y) {
      products.multiply(format, columns, panel, cells, at, tokens, y);
      if (tokens > 1) {
        y[30 * 32 + 15] = Math.nextUp(y[30 * 32 + 15]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTryoutFindsALaneThatIsOffByOneBit(Way way) {
    MachineProducts products = products(way);
    assertThat(Tryout.difference(products, Format.Q6_K)).isNull();
    assertThat(Tryout.difference(new Wrong(products), Format.Q6_K))
        .startsWith("row 15 of token 30 of 31: ");
  }

  /** Code that differs gives way to float activations, not to nothing. */
  @Test
  void codeThatDiffersGivesWayToFloats() {
    Isa here = Cpu.instructionSets().iterator().next();
    MachineProducts products = new MachineProducts(here, Pairs.MULTIPLY_ADD);
    products.reject(Format.Q4_K, "row 0 of token 0 of 1: 1.0 for 2.0");
    assertThat(products.prepare(Format.Q4_K)).isEqualTo("row 0 of token 0 of 1: 1.0 for 2.0");
    assertThat(products.integers(Format.Q4_K, 256)).isFalse();
    assertThat(products.takes(Format.Q4_K, 256)).isTrue();
  }
}
