package dev.tangram.kernel.machine.x86;

import static dev.tangram.kernel.machine.x86.Assembler.R8;
import static dev.tangram.kernel.machine.x86.Assembler.RAX;
import static dev.tangram.kernel.machine.x86.Assembler.RBX;
import static dev.tangram.kernel.machine.x86.Assembler.RCX;
import static dev.tangram.kernel.machine.x86.Assembler.RDI;
import static dev.tangram.kernel.machine.x86.Assembler.RDX;
import static dev.tangram.kernel.machine.x86.Assembler.RSI;

import dev.tangram.kernel.machine.Isa;
import dev.tangram.kernel.machine.x86.Assembler.Label;
import dev.tangram.kernel.machine.x86.Assembler.Mem;

/** Small functions around instructions that Java has no word for. */
public final class SystemCode {
  private SystemCode() {}

  /** The leaf in the low half of rdi, the part in its high half: eax, ebx, ecx, edx to [rsi]. */
  public static byte[] cpuid() {
    Assembler a = new Assembler(Isa.AVX2);
    a.mov(R8, RBX);
    a.mov(RAX, RDI);
    a.mov(RCX, RDI);
    a.shiftRight(RCX, 32);
    a.cpuid();
    a.store32(new Mem(RSI, 0), RAX);
    a.store32(new Mem(RSI, 4), RBX);
    a.store32(new Mem(RSI, 8), RCX);
    a.store32(new Mem(RSI, 12), RDX);
    a.mov(RBX, R8);
    a.ret();
    return a.bytes();
  }

  /** Which registers the system saves, to [rsi]. */
  public static byte[] xgetbv() {
    Assembler a = new Assembler(Isa.AVX2);
    a.movImmediate(RCX, 0);
    a.xgetbv();
    a.store32(new Mem(RSI, 0), RAX);
    a.ret();
    return a.bytes();
  }

  /**
   * {@code prefetcht1} for rsi times {@code lines} lines of {@code line} bytes, from rdi on.
   *
   * @param lines in a round of the loop
   */
  public static byte[] prefetch(int lines, int line) {
    Assembler a = new Assembler(Isa.AVX2);
    Label next = new Label();
    a.bind(next);
    for (int i = 0; i < lines; i++) {
      a.prefetchT1(new Mem(RDI, i * line));
    }
    a.addImmediate(RDI, lines * line);
    a.subtractImmediate(RSI, 1);
    a.jumpIfNotZero(next);
    a.ret();
    return a.bytes();
  }
}
