package dev.tangram.kernel.machine;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Objects;

/**
 * Products of one format's panels by {@link ProductCode}. Extents are checked here, before each
 * call: the code itself believes what it is told.
 *
 * <p>A call passes heap arrays as they are, which holds up the garbage collector, so it is kept
 * short: at most {@link Isa#tokensMax} tokens and {@value #WEIGHTS_MAX} weights, some tens of
 * microseconds.
 */
final class FormatCode implements PanelProducts {
  private static final int ROWS = 32;
  private static final int WEIGHTS_MAX = 1 << 16;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  /** The address of the code comes first, then the arguments of {@link ProductCode}. */
  @SuppressWarnings("restricted")
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  LONG,
                  LONG,
                  LONG,
                  LONG,
                  LONG),
              Linker.Option.critical(true));

  private final Isa isa;
  private final Layout layout;

  /** Entry i is for {@code 2^i} tokens. */
  private final MemorySegment[] functions;

  /**
   * Writes the code of a format.
   *
   * @param arena its life
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  FormatCode(Isa isa, Layout layout, Arena arena) {
    this.isa = isa;
    this.layout = layout;
    functions = new MemorySegment[Integer.numberOfTrailingZeros(isa.tokensMax()) + 1];
    int[] starts = new int[functions.length];
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < functions.length; i++) {
      starts[i] = all.size();
      all.writeBytes(ProductCode.write(isa, layout, 1 << i));
      all.writeBytes(new byte[-all.size() & 63]);
    }
    MemorySegment code = ExecutableMemory.of(all.toByteArray(), arena);
    Arrays.setAll(functions, i -> code.asSlice(starts[i]));
  }

  @Override
  public boolean takes(Format format, int columns) {
    return columns % layout.group() == 0;
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
    int groups = columns / layout.group();
    Objects.checkFromIndexSize(xAt, Math.multiplyExact(tokens, columns), x.length);
    Objects.checkFromIndexSize(sumsAt, Math.multiplyExact(tokens, groups), sums.length);
    Objects.checkFromIndexSize(0, tokens * ROWS, y.length);
    int perSection = Layout.SECTION / layout.group();
    int whole = groups / perSection;
    int rest = groups % perSection;
    long sectionBytes = wordBytes(layout.sectionWords(perSection));
    long bytes = whole * sectionBytes + (rest == 0 ? 0 : wordBytes(layout.sectionWords(rest)));
    if (panel.byteSize() != bytes || (panel.address() & 63) != 0) {
      throw new IllegalArgumentException(
          "a panel of %s with %d columns has %d bytes at a multiple of 64, found %d at %d"
              .formatted(format, columns, bytes, panel.byteSize(), panel.address() & 63));
    }
    int most = Math.max(1, WEIGHTS_MAX / (ROWS * Layout.SECTION));
    for (int s = 0; s < whole; s += most) {
      int count = Math.min(most, whole - s);
      MemorySegment part = panel.asSlice(s * sectionBytes, count * sectionBytes);
      sections(part, count, perSection, s * perSection, x, xAt, sums, sumsAt, tokens, y);
    }
    if (rest > 0) {
      MemorySegment part = panel.asSlice(whole * sectionBytes);
      sections(part, 1, rest, whole * perSection, x, xAt, sums, sumsAt, tokens, y);
    }
  }

  private static long wordBytes(int words) {
    return (long) words * ROWS * Integer.BYTES;
  }

  /** Some sections of equal size, the first of which begins with group {@code group}. */
  private void sections(
      MemorySegment sections,
      int count,
      int groups,
      int group,
      float[] x,
      int xAt,
      float[] sums,
      int sumsAt,
      int tokens,
      float[] y) {
    int length = layout.group();
    MemorySegment xs = MemorySegment.ofArray(x);
    MemorySegment ss = MemorySegment.ofArray(sums);
    MemorySegment ys = MemorySegment.ofArray(y);
    for (int t = 0; t < tokens; ) {
      int size = Math.min(isa.tokensMax(), Integer.highestOneBit(tokens - t));
      long inputs = xAt + (long) group * tokens * length + (long) t * length;
      long totals = sumsAt + (long) group * tokens + t;
      try {
        CALL.invokeExact(
            functions[Integer.numberOfTrailingZeros(size)],
            sections,
            xs.asSlice(inputs * Float.BYTES),
            ss.asSlice(totals * Float.BYTES),
            ys.asSlice((long) t * ROWS * Float.BYTES),
            (long) count,
            (long) groups,
            wordBytes(layout.scaleWords(groups)),
            (long) tokens * length * Float.BYTES,
            (long) tokens * Float.BYTES);
      } catch (Throwable e) {
        throw unchecked(e);
      }
      t += size;
    }
  }

  private static RuntimeException unchecked(Throwable e) {
    return switch (e) {
      case RuntimeException r -> r;
      case Error r -> throw r;
      default -> new IllegalStateException(e);
    };
  }
}
