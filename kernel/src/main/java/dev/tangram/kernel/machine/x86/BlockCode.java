package dev.tangram.kernel.machine.x86;

import static dev.tangram.kernel.machine.x86.Assembler.R8;
import static dev.tangram.kernel.machine.x86.Assembler.RAX;
import static dev.tangram.kernel.machine.x86.Assembler.RCX;
import static dev.tangram.kernel.machine.x86.Assembler.RDI;
import static dev.tangram.kernel.machine.x86.Assembler.RDX;
import static dev.tangram.kernel.machine.x86.Assembler.RSI;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.machine.Isa;
import dev.tangram.kernel.machine.x86.Assembler.Label;
import dev.tangram.kernel.machine.x86.Assembler.Mem;

/**
 * Writes the functions that turn stored keys and values into f32:
 *
 * <pre>
 *   rdi from   rsi to   rdx rounds, at least 1   rcx scales   r8 rows of a round, at least 1
 * </pre>
 */
public final class BlockCode {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;

  /** The first register of scales. */
  private static final int SCALE = 8;

  private final Assembler a;
  private final Isa isa;

  private BlockCode(Isa isa) {
    this.isa = isa;
    a = new Assembler(isa);
  }

  /** A round is 16 halves. */
  public static byte[] halves(Isa isa) {
    return new BlockCode(isa).halves();
  }

  /** A round is some rows of 16 keys' bytes, and 16 scales for all of them. */
  public static byte[] keys(Isa isa) {
    return new BlockCode(isa).keys();
  }

  /** A round is 32 bytes and their scale. */
  public static byte[] values(Isa isa) {
    return new BlockCode(isa).values();
  }

  private byte[] halves() {
    Label round = new Label();
    a.bind(round);
    for (int i = 0; i < BLOCK / isa.floats(); i++) {
      a.vwidenHalves(i, new Mem(RDI, i * isa.bytes() / 2));
      a.vstore(new Mem(RSI, i * isa.bytes()), i);
    }
    a.addImmediate(RDI, BLOCK * Short.BYTES);
    a.addImmediate(RSI, BLOCK * Float.BYTES);
    return end(round);
  }

  private byte[] keys() {
    int registers = BLOCK / isa.floats();
    Label round = new Label();
    Label row = new Label();
    a.bind(round);
    for (int i = 0; i < registers; i++) {
      a.vload(SCALE + i, new Mem(RCX, i * isa.bytes()));
    }
    a.addImmediate(RCX, BLOCK * Float.BYTES);
    a.mov(RAX, R8);
    a.bind(row);
    for (int i = 0; i < registers; i++) {
      scaled(i, SCALE + i);
    }
    a.addImmediate(RDI, BLOCK);
    a.addImmediate(RSI, BLOCK * Float.BYTES);
    a.subtractImmediate(RAX, 1);
    a.jumpIfNotZero(row);
    return end(round);
  }

  private byte[] values() {
    Label round = new Label();
    a.bind(round);
    a.vbroadcast(SCALE, new Mem(RCX, 0));
    a.addImmediate(RCX, Float.BYTES);
    for (int i = 0; i < KvType.GROUP / isa.floats(); i++) {
      scaled(i, SCALE);
    }
    a.addImmediate(RDI, KvType.GROUP);
    a.addImmediate(RSI, KvType.GROUP * Float.BYTES);
    return end(round);
  }

  /** A register of bytes, times its scales. */
  private void scaled(int i, int scales) {
    a.vwidenBytes(i, new Mem(RDI, i * isa.floats()));
    a.vfloats(i, i);
    a.vmultiply(i, i, scales);
    a.vstore(new Mem(RSI, i * isa.bytes()), i);
  }

  private byte[] end(Label round) {
    a.subtractImmediate(RDX, 1);
    a.jumpIfNotZero(round);
    a.vzeroupper();
    a.ret();
    return a.bytes();
  }
}
