package dev.tangram.kernel.machine.arm;

import dev.tangram.kernel.machine.arm.Assembler.Label;

/**
 * Writes the function that makes the instruction cache see what was written:
 *
 * <pre>
 *   x0 first byte, at a multiple of 16   x1 bytes, at least 1
 * </pre>
 *
 * On AArch64 the two first-level caches need not agree. Linux cleans and forgets a page's lines
 * when it first becomes executable ({@code __sync_icache_dcache}), and code here is always written
 * to new pages before they do; that serves this function itself, which then does the same by the
 * rules of the architecture (DDI 0487, B2.4.4) for all other code. Steps of 16 bytes are the
 * shortest line there is, so the lines' length is not asked, which cores of one machine may
 * disagree about.
 */
public final class CacheCode {
  private static final int LINE_LEAST = 16;

  private CacheCode() {}

  public static byte[] write() {
    Assembler a = new Assembler();
    a.mov(2, 0);
    a.mov(3, 1);
    Label clean = a.label();
    a.cleanDataLine(2);
    a.addImmediate(2, 2, LINE_LEAST);
    a.subtractsImmediate(3, 3, LINE_LEAST);
    a.branchIfGreater(clean);
    a.dataBarrier();
    a.mov(2, 0);
    a.mov(3, 1);
    Label forget = a.label();
    a.invalidateInstructionLine(2);
    a.addImmediate(2, 2, LINE_LEAST);
    a.subtractsImmediate(3, 3, LINE_LEAST);
    a.branchIfGreater(forget);
    a.dataBarrier();
    a.instructionBarrier();
    a.ret();
    return a.bytes();
  }
}
