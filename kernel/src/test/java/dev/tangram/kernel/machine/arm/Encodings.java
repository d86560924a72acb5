package dev.tangram.kernel.machine.arm;

import dev.tangram.kernel.machine.arm.Assembler.Mem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Instructions as GNU assembler text and as calls of {@link Assembler}: each with registers and
 * values on both sides of every border an encoding has. Run as a program, it prints the texts;
 * {@code encodings.sh} beside the golden file makes that of them.
 */
final class Encodings {
  /** With the highest and lowest bit of a register's number set and clear. */
  private static final int[] REGISTERS = {0, 1, 7, 8, 15, 16, 23, 30, 31};

  private static final int[] GENERAL = {0, 1, 7, 8, 15, 16, 17, 29, 30};

  private final Map<String, Consumer<Assembler>> all = new LinkedHashMap<>();

  Encodings() {
    general();
    memory();
    bits();
    floats();
    products();
  }

  Map<String, Consumer<Assembler>> all() {
    return all;
  }

  public static void main(String[] args) {
    new Encodings().all.keySet().forEach(System.out::println);
  }

  private static String at(Mem mem) {
    String base = mem.base() == Assembler.SP ? "sp" : "x" + mem.base();
    return mem.disp() == 0 ? "[%s]".formatted(base) : "[%s, #%d]".formatted(base, mem.disp());
  }

  private void general() {
    all.put("ret", Assembler::ret);
    all.put("dsb ish", Assembler::dataBarrier);
    all.put("isb", Assembler::instructionBarrier);
    for (int r : GENERAL) {
      all.put("dc cvau, x" + r, a -> a.cleanDataLine(r));
      all.put("ic ivau, x" + r, a -> a.invalidateInstructionLine(r));
      for (int value : new int[] {0, 1, 0x8000, 0xE000, 0xFFFF}) {
        all.put("movz w%d, #%d".formatted(r, value), a -> a.movz(r, value));
        all.put("movk w%d, #%d, lsl #16".formatted(r, value), a -> a.movk(r, value));
      }
      for (int bits : new int[] {1, 2, 31, 32, 33, 63}) {
        all.put("tst x%d, #0x%x".formatted(r, (1L << bits) - 1), a -> a.testLowBits(r, bits));
      }
      for (int s : GENERAL) {
        all.put("mov x%d, x%d".formatted(r, s), a -> a.mov(r, s));
        all.put("add x%d, x%d, x%d".formatted(r, s, 30 - r), a -> a.add(r, s, 30 - r));
        for (int value : new int[] {0, 1, 124, 2048, 4095, 4096, 8192, 0xFFF000}) {
          String operands = " x%d, x%d, #%d".formatted(r, s, value);
          all.put("add" + operands, a -> a.addImmediate(r, s, value));
          all.put("sub" + operands, a -> a.subtractImmediate(r, s, value));
          all.put("subs" + operands, a -> a.subtractsImmediate(r, s, value));
        }
      }
    }
    all.put("add sp, sp, #320", a -> a.addImmediate(Assembler.SP, Assembler.SP, 320));
    all.put("sub sp, sp, #320", a -> a.subtractImmediate(Assembler.SP, Assembler.SP, 320));
    for (int distance : new int[] {1, 2, 3, 100}) {
      all.put("b.ne .+%d".formatted(4 * distance), a -> a.skipIfNotZero(distance - 1));
    }
  }

  private interface Access {
    void emit(Assembler a, int register, Mem mem);
  }

  private void accesses(String text, int[] registers, int unit, int most, Access access) {
    for (int base : new int[] {0, 1, 9, 16, 30, Assembler.SP}) {
      for (int units : new int[] {0, 1, 2, 31, 63, most}) {
        Mem mem = new Mem(base, units * unit);
        for (int r : registers) {
          all.put(text.formatted(r, at(mem)), a -> access.emit(a, r, mem));
        }
      }
    }
  }

  private void memory() {
    accesses("ldr x%d, %s", GENERAL, 8, 4095, Assembler::load);
    accesses("ldr q%d, %s", REGISTERS, 16, 4095, Assembler::vload);
    accesses("str q%d, %s", REGISTERS, 16, 4095, (a, r, mem) -> a.vstore(mem, r));
    accesses("ldr d%d, %s", REGISTERS, 8, 4095, Assembler::vloadHalf);
    accesses("ldr s%d, %s", REGISTERS, 4, 4095, Assembler::vloadLane);
    for (int r : REGISTERS) {
      for (int distance : new int[] {0, 1, 5, 100, 9999}) {
        all.put("ldr q%d, .+%d".formatted(r, 4 * distance), a -> a.vloadAhead(r, distance));
      }
      for (int disp : new int[] {-256, -3, -1, 1, 109, 255}) {
        Mem mem = new Mem(10, disp);
        all.put("ldur q%d, %s".formatted(r, at(mem)), a -> a.vload(r, mem));
      }
      int other = r ^ 1;
      for (int disp : new int[] {0, 8, 48, 248, 504}) {
        Mem mem = new Mem(Assembler.SP, disp);
        String operands = " d%d, d%d, %s".formatted(r, other, at(mem));
        all.put("stp" + operands, a -> a.vstorePair(mem, r, other));
        all.put("ldp" + operands, a -> a.vloadPair(r, other, mem));
      }
    }
    for (int base : GENERAL) {
      for (int disp : new int[] {0, 8, 8192, 12224, 32760}) {
        Mem mem = new Mem(base, disp);
        all.put("prfm pldl2keep, " + at(mem), a -> a.prefetchL2(mem));
      }
    }
  }

  private void bits() {
    for (int to : REGISTERS) {
      for (int r : GENERAL) {
        all.put("dup v%d.4s, w%d".formatted(to, r), a -> a.vbroadcast(to, r));
      }
      for (int value : new int[] {0, 1, 15, 31, 32, 128, 255}) {
        all.put("movi v%d.4s, #%d".formatted(to, value), a -> a.vsmall(to, value));
        all.put("movi v%d.16b, #%d".formatted(to, value), a -> a.vbytes(to, value));
      }
      for (int from : REGISTERS) {
        String two = " v%d.4s, v%d.4s".formatted(to, from);
        for (int count : new int[] {1, 3, 8, 16, 24, 31}) {
          String shift = two + ", #" + count;
          all.put("shl" + shift, a -> a.vshiftLeft(to, from, count));
          all.put("ushr" + shift, a -> a.vshiftRight(to, from, count));
          all.put("sshr" + shift, a -> a.vshiftRightSigned(to, from, count));
        }
        all.put("ushr" + two + ", #32", a -> a.vshiftRight(to, from, 32));
        for (int count : new int[] {0, 1, 8, 15}) {
          all.put(
              "shl v%d.8h, v%d.8h, #%d".formatted(to, from, count),
              a -> a.vshiftLeftHalves(to, from, count));
        }
        for (int count : new int[] {1, 12, 15, 16}) {
          all.put(
              "ushr v%d.8h, v%d.8h, #%d".formatted(to, from, count),
              a -> a.vshiftRightHalves(to, from, count));
        }
        for (int count : new int[] {1, 4, 7, 8}) {
          all.put(
              "ushr v%d.16b, v%d.16b, #%d".formatted(to, from, count),
              a -> a.vshiftRightBytes(to, from, count));
        }
      }
    }
    three("and", "16b", Assembler::vand);
    three("orr", "16b", Assembler::vor);
    three("eor", "16b", Assembler::vxor);
    three("add", "4s", Assembler::vaddIntegers);
  }

  private interface Three {
    void emit(Assembler a, int to, int first, int second);
  }

  private void three(String name, String shape, Three op) {
    for (int to : REGISTERS) {
      for (int x : REGISTERS) {
        for (int y : REGISTERS) {
          all.put(
              "%1$s v%2$d.%5$s, v%3$d.%5$s, v%4$d.%5$s".formatted(name, to, x, y, shape),
              a -> op.emit(a, to, x, y));
        }
      }
    }
  }

  private void floats() {
    for (int to : REGISTERS) {
      for (int from : REGISTERS) {
        String two = " v%d.4s, v%d.4s".formatted(to, from);
        int lane = (to + from) % 4;
        all.put(
            "dup v%d.4s, v%d.s[%d]".formatted(to, from, lane),
            a -> a.vbroadcastLane(to, from, lane));
        all.put("addv s%d, v%d.4s".formatted(to, from), a -> a.vsum(to, from));
        all.put("scvtf" + two, a -> a.vfloats(to, from));
        all.put("fneg" + two, a -> a.vnegate(to, from));
      }
    }
    three("fadd", "4s", Assembler::vadd);
    three("fmul", "4s", (a, to, x, y) -> a.vmultiply(to, x, y));
    three("fmla", "4s", (a, to, x, y) -> a.vfma(to, x, y));
  }

  /** Products by one lane. */
  private void products() {
    for (int to : REGISTERS) {
      for (int x : REGISTERS) {
        for (int y : REGISTERS) {
          int lane = (to + x + y) % 4;
          String by = " v%d.4s, v%d.4s, v%d.s[%d]".formatted(to, x, y, lane);
          all.put("fmul" + by, a -> a.vmultiply(to, x, y, lane));
          all.put("fmla" + by, a -> a.vfma(to, x, y, lane));
          all.put(
              "sdot v%d.4s, v%d.16b, v%d.4b[%d]".formatted(to, x, y, lane),
              a -> a.vdot(to, x, y, lane));
          all.put(
              "udot v%d.4s, v%d.16b, v%d.4b[%d]".formatted(to, x, y, lane),
              a -> a.vdotUnsigned(to, x, y, lane));
          all.put(
              "tbl v%1$d.16b, {v%2$d.16b, v%3$d.16b, v%4$d.16b, v%5$d.16b}, v%6$d.16b"
                  .formatted(to, x, x + 1 & 31, x + 2 & 31, x + 3 & 31, y),
              a -> a.vselect(to, x, y));
        }
      }
    }
  }
}
