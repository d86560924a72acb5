package dev.tangram.kernel.machine.x86;

import static dev.tangram.kernel.machine.x86.Assembler.R8;
import static dev.tangram.kernel.machine.x86.Assembler.R9;
import static dev.tangram.kernel.machine.x86.Assembler.RAX;
import static dev.tangram.kernel.machine.x86.Assembler.RDI;
import static dev.tangram.kernel.machine.x86.Assembler.RSI;

import dev.tangram.kernel.machine.Cells;
import dev.tangram.kernel.machine.Isa;
import dev.tangram.kernel.machine.x86.Assembler.Label;
import dev.tangram.kernel.machine.x86.Assembler.Mem;
import dev.tangram.kernel.vector.Layout;
import dev.tangram.kernel.vector.PanelProducts;

/**
 * Writes the function that makes the {@link Cells} of one token:
 *
 * <pre>
 *   rdi x   rsi cells   r8 cells, at least 1   r9 bytes from a cell to the next
 * </pre>
 *
 * What a cell's integers are is only defined while its step is a number.
 */
final class CellCode {
  // Registers; the first four hold x.
  private static final int LARGEST = 4;
  private static final int OTHER = 5;
  private static final int FACTOR = 6;
  private static final int STEP = 7;
  private static final int TOTAL = 8;

  private static final int MAGNITUDE = 10;
  private static final int MOST = 11;
  private static final int MOST_INVERSE = 12;
  private static final int FLOAT_MOST = 13;
  private static final int ZERO = 14;

  private final Assembler a;
  private final Isa isa;
  private final Layout layout;

  /** Registers that 32 columns take. */
  private final int parts;

  private CellCode(Isa isa, Layout layout) {
    this.isa = isa;
    this.layout = layout;
    a = new Assembler(isa);
    parts = PanelProducts.CELL_COLUMNS / isa.floats();
  }

  static byte[] write(Isa isa, Layout layout) {
    return new CellCode(isa, layout).function();
  }

  private byte[] function() {
    constant(MAGNITUDE, 0x7FFFFFFF);
    constant(MOST, Float.floatToRawIntBits(Cells.MOST));
    constant(MOST_INVERSE, Float.floatToRawIntBits(1 / Cells.MOST));
    constant(FLOAT_MOST, Float.floatToRawIntBits(Float.MAX_VALUE));
    constant(ZERO, -layout.zero());
    Label cell = new Label();
    a.bind(cell);
    for (int i = 0; i < parts; i++) {
      a.vload(i, new Mem(RDI, i * isa.bytes()));
    }
    step();
    integers();
    store();
    sums();
    a.addImmediate(RDI, PanelProducts.CELL_COLUMNS * Float.BYTES);
    a.add(RSI, R9);
    a.subtractImmediate(R8, 1);
    a.jumpIfNotZero(cell);
    a.vzeroupper();
    a.ret();
    return a.bytes();
  }

  private void constant(int register, int value) {
    a.movImmediate(RAX, value);
    a.vmovd(register, RAX);
    a.vbroadcast(register, register);
  }

  private static Mem word(int i) {
    return new Mem(RSI, i * Integer.BYTES);
  }

  /** Bits of floats without their sign compare as integers, and no number is the largest. */
  private void step() {
    a.vand(LARGEST, 0, MAGNITUDE);
    for (int i = 1; i < parts; i++) {
      a.vand(OTHER, i, MAGNITUDE);
      a.vmaximumIntegers(LARGEST, LARGEST, OTHER);
    }
    swapped(OTHER, LARGEST);
    a.vmaximumIntegers(LARGEST, LARGEST, OTHER);
    if (isa == Isa.AVX512) {
      a.vshuffleQuarters(OTHER, LARGEST, LARGEST, 0xB1);
      a.vmaximumIntegers(LARGEST, LARGEST, OTHER);
    }
    for (int order : new int[] {0x4E, 0xB1}) {
      a.vshuffle(OTHER, LARGEST, order);
      a.vmaximumIntegers(LARGEST, LARGEST, OTHER);
    }
    a.vdivide(FACTOR, MOST, LARGEST);
    a.vminimum(FACTOR, FACTOR, FLOAT_MOST);
    a.vmultiply(STEP, LARGEST, MOST_INVERSE);
    // Nothing is added, but where infinity is the largest: it becomes no number.
    a.vsubtract(OTHER, LARGEST, LARGEST);
    a.vadd(STEP, STEP, OTHER);
    a.vstoreLane(word(Cells.STEP), STEP);
  }

  /** The other half of a register first. */
  private void swapped(int to, int from) {
    if (isa == Isa.AVX512) {
      a.vshuffleQuarters(to, from, from, 0x4E);
    } else {
      a.vshuffleHalves(to, from, from, 0x01);
    }
  }

  private void integers() {
    for (int i = 0; i < parts; i++) {
      a.vmultiply(i, i, FACTOR);
      a.vintegers(i, i);
    }
  }

  private void store() {
    for (int i = 0; i < parts; i++) {
      if (isa == Isa.AVX512) {
        a.vstoreLowHalves(new Mem(RSI, i * isa.bytes() / 2), i);
      } else if (i % 2 == 1) {
        a.vpack(OTHER, i - 1, i);
        a.vswapMiddle(OTHER, OTHER);
        a.vstore(new Mem(RSI, i / 2 * isa.bytes()), OTHER);
      }
    }
  }

  /**
   * The sum of the first 16 columns goes to all lanes of a half, that of the others to the other.
   */
  private void sums() {
    if (isa == Isa.AVX512) {
      a.vshuffleQuarters(TOTAL, 0, 1, 0x44);
      a.vshuffleQuarters(OTHER, 0, 1, 0xEE);
      a.vaddIntegers(TOTAL, TOTAL, OTHER);
      a.vshuffleQuarters(OTHER, TOTAL, TOTAL, 0xB1);
    } else {
      a.vaddIntegers(0, 0, 1);
      a.vaddIntegers(2, 2, 3);
      a.vshuffleHalves(TOTAL, 0, 2, 0x20);
      a.vshuffleHalves(OTHER, 0, 2, 0x31);
    }
    a.vaddIntegers(TOTAL, TOTAL, OTHER);
    for (int order : new int[] {0x4E, 0xB1}) {
      a.vshuffle(OTHER, TOTAL, order);
      a.vaddIntegers(TOTAL, TOTAL, OTHER);
    }
    swapped(OTHER, TOTAL);
    int both = FACTOR;
    a.vaddIntegers(both, TOTAL, OTHER);
    a.vfloats(LARGEST, both);
    a.vmultiply(LARGEST, LARGEST, STEP);
    a.vstoreLane(word(Cells.SUM), LARGEST);
    boolean two = layout.group() == 16;
    a.vmultiplyIntegers(TOTAL, two ? TOTAL : both, ZERO);
    a.vstoreLane(word(Cells.SEEDS), TOTAL);
    if (two) {
      a.vmultiplyIntegers(OTHER, OTHER, ZERO);
    } else {
      a.vzero(OTHER);
    }
    a.vstoreLane(word(Cells.SEEDS + 1), OTHER);
  }
}
