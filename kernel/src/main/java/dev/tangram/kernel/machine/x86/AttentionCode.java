package dev.tangram.kernel.machine.x86;

import static dev.tangram.kernel.machine.x86.Assembler.R10;
import static dev.tangram.kernel.machine.x86.Assembler.R11;
import static dev.tangram.kernel.machine.x86.Assembler.R8;
import static dev.tangram.kernel.machine.x86.Assembler.R9;
import static dev.tangram.kernel.machine.x86.Assembler.RAX;
import static dev.tangram.kernel.machine.x86.Assembler.RBX;
import static dev.tangram.kernel.machine.x86.Assembler.RCX;
import static dev.tangram.kernel.machine.x86.Assembler.RDI;
import static dev.tangram.kernel.machine.x86.Assembler.RDX;
import static dev.tangram.kernel.machine.x86.Assembler.RSI;
import static dev.tangram.kernel.machine.x86.Assembler.RSP;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.machine.Isa;
import dev.tangram.kernel.machine.x86.Assembler.Label;
import dev.tangram.kernel.machine.x86.Assembler.Mem;
import dev.tangram.kernel.vector.BlockReader;

/**
 * Writes the two functions of attention, for one head size: what some queries give with blocks of
 * keys, and what blocks of values give with their shares. Arguments as the System V calling
 * convention passes them:
 *
 * <pre>
 *   rdi addresses of the blocks, and of {@value BlockReader#AHEAD} more that are only told of
 *   scores   rsi q [queries, S]            rdx scores [queries, RUN]
 *   values   rsi shares [queries, RUN]     rdx out [queries, S + 2], which is added to
 *   r8 blocks, at least 1   r9 groups of queries, at least 1   stack: bits of the scale (scores)
 * </pre>
 *
 * <p>Memory: while the first queries meet a block, the one that is {@value BlockReader#AHEAD}
 * further is brought to the second-level cache, a few lines at a time.
 *
 * <p>Numerics: a score is one chain of fused products over the head, an output one over positions.
 */
public final class AttentionCode {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;
  private static final int LINE = 64;

  /** Elements of the head, or positions, in one round of an inner loop. */
  private static final int UNROLLED = 4;

  /** Bytes from one query's scores to the next's. */
  private static final int STRIDE = BlockReader.RUN * Float.BYTES;

  /** Queries of a group of values. */
  public static final int FOUR = 4;

  private final Assembler a;
  private final Isa isa;
  private final int size;
  private final int queries;

  /** Bytes of an element of a key or value. */
  private final int element;

  private AttentionCode(Isa isa, int size, int queries, boolean halves) {
    this.isa = isa;
    this.size = size;
    this.queries = queries;
    element = halves ? Short.BYTES : Float.BYTES;
    a = new Assembler(isa);
  }

  /** The most queries of a group of scores: as many chains as there are registers for. */
  public static int queriesMax(Isa isa) {
    return isa == Isa.AVX512 ? 2 * FOUR : FOUR;
  }

  /**
   * Scores.
   *
   * @param size of a head, a multiple of 16
   * @param queries of a group
   * @param halves whether keys are halves instead of floats
   */
  public static byte[] scores(Isa isa, int size, int queries, boolean halves) {
    return new AttentionCode(isa, size, queries, halves).scores();
  }

  /** Values; a group is {@value #FOUR} queries. */
  public static byte[] values(Isa isa, int size, boolean halves) {
    return new AttentionCode(isa, size, FOUR, halves).values();
  }

  private interface Group {
    /** At rax stands the block, at r10 the later one. */
    void write(boolean first);
  }

  private byte[] scores() {
    int scale = isa.registers() - 1;
    a.load(RAX, new Mem(RSP, Long.BYTES));
    a.vmovd(0, RAX);
    a.vbroadcast(scale, 0);
    return blocks(first -> scoresOf(first, scale), BLOCK * Float.BYTES, 0);
  }

  private byte[] values() {
    return blocks(this::valuesOf, 0, BLOCK * Float.BYTES);
  }

  /**
   * The loops over blocks and groups.
   *
   * @param rdxStep bytes of rdx from block to block
   * @param rsiStep bytes of rsi from block to block
   */
  private byte[] blocks(Group group, int rdxStep, int rsiStep) {
    Label block = new Label();
    Label more = new Label();
    Label done = new Label();
    a.push(RBX);
    a.bind(block);
    a.load(RAX, new Mem(RDI, 0));
    a.load(R10, new Mem(RDI, BlockReader.AHEAD * Long.BYTES));
    a.push(RSI);
    a.push(RDX);
    a.mov(RCX, R9);
    group.write(true);
    a.subtractImmediate(RCX, 1);
    a.jumpIfZero(done);
    a.bind(more);
    group.write(false);
    a.subtractImmediate(RCX, 1);
    a.jumpIfNotZero(more);
    a.bind(done);
    a.pop(RDX);
    a.pop(RSI);
    a.addImmediate(RDI, Long.BYTES);
    if (rdxStep > 0) {
      a.addImmediate(RDX, rdxStep);
    }
    if (rsiStep > 0) {
      a.addImmediate(RSI, rsiStep);
    }
    a.subtractImmediate(R8, 1);
    a.jumpIfNotZero(block);
    a.pop(RBX);
    a.vzeroupper();
    a.ret();
    return a.bytes();
  }

  /** Tells of lines from r10 on. */
  private void tell(int lines) {
    for (int i = 0; i < lines; i++) {
      a.prefetchT1(new Mem(R10, i * LINE));
    }
    if (lines > 0) {
      a.addImmediate(R10, lines * LINE);
    }
  }

  private void loadElements(int register, Mem at) {
    if (element == Short.BYTES) {
      a.vwidenHalves(register, at);
    } else {
      a.vload(register, at);
    }
  }

  /** Sums of query q and register r of positions are in register {@code q * parts + r}. */
  private void scoresOf(boolean first, int scale) {
    int parts = BLOCK / isa.floats();
    int sums = queries * parts;
    int row = BLOCK * element;
    int spare = sums + parts;
    for (int i = 0; i < sums; i++) {
      a.vzero(i);
    }
    a.mov(R11, RAX);
    a.movImmediate(RBX, size / UNROLLED);
    Label next = new Label();
    a.bind(next);
    for (int u = 0; u < UNROLLED; u++) {
      for (int r = 0; r < parts; r++) {
        loadElements(sums + r, new Mem(R11, u * row + r * isa.floats() * element));
      }
      for (int q = 0; q < queries; q++) {
        Mem at = new Mem(RSI, (q * size + u) * Float.BYTES);
        if (isa == Isa.AVX512) {
          a.vfmaBroadcast(q, sums, at);
        } else {
          a.vbroadcast(spare, at);
          for (int r = 0; r < parts; r++) {
            a.vfma(q * parts + r, sums + r, spare);
          }
        }
      }
    }
    tell(first ? UNROLLED * row / LINE : 0);
    a.addImmediate(RSI, UNROLLED * Float.BYTES);
    a.addImmediate(R11, UNROLLED * row);
    a.subtractImmediate(RBX, 1);
    a.jumpIfNotZero(next);
    for (int i = 0; i < sums; i++) {
      a.vmultiply(i, i, scale);
      a.vstore(new Mem(RDX, i / parts * STRIDE + i % parts * isa.bytes()), i);
    }
    a.addImmediate(RSI, (queries - 1) * size * Float.BYTES);
    a.addImmediate(RDX, queries * STRIDE);
  }

  private void valuesOf(boolean first) {
    int all = size / isa.floats();
    // As many sums as leave registers for their values and a share.
    int most = (isa.registers() - 1) / (queries + 1);
    most = Math.min(Integer.highestOneBit(most), all);
    int passes = Math.ceilDiv(all, most);
    int lines = Math.ceilDiv(size * element * UNROLLED, LINE * passes);
    for (int from = 0; from < all; from += most) {
      pass(from, Math.min(most, all - from), first ? lines : 0);
    }
    a.addImmediate(RSI, queries * STRIDE);
    a.addImmediate(RDX, queries * (size + 2) * Float.BYTES);
  }

  /** Some registers of the head; the sum of query q and register r is in {@code q * parts + r}. */
  private void pass(int from, int parts, int lines) {
    int sums = queries * parts;
    int share = sums + parts;
    int row = size * element;
    for (int i = 0; i < sums; i++) {
      a.vload(i, out(i / parts, from + i % parts));
    }
    a.mov(R11, RAX);
    a.movImmediate(RBX, BLOCK / UNROLLED);
    Label next = new Label();
    a.bind(next);
    for (int u = 0; u < UNROLLED; u++) {
      for (int r = 0; r < parts; r++) {
        loadElements(sums + r, new Mem(R11, u * row + (from + r) * isa.floats() * element));
      }
      for (int q = 0; q < queries; q++) {
        a.vbroadcast(share, new Mem(RSI, q * STRIDE + u * Float.BYTES));
        for (int r = 0; r < parts; r++) {
          a.vfma(q * parts + r, sums + r, share);
        }
      }
    }
    tell(lines);
    a.addImmediate(RSI, UNROLLED * Float.BYTES);
    a.addImmediate(R11, UNROLLED * row);
    a.subtractImmediate(RBX, 1);
    a.jumpIfNotZero(next);
    for (int i = 0; i < sums; i++) {
      a.vstore(out(i / parts, from + i % parts), i);
    }
    a.subtractImmediate(RSI, BLOCK * Float.BYTES);
  }

  private Mem out(int query, int register) {
    return new Mem(RDX, query * (size + 2) * Float.BYTES + register * isa.bytes());
  }
}
