package dev.tangram.kernel.machine.x86;

import dev.tangram.kernel.machine.Isa;
import dev.tangram.kernel.machine.x86.Assembler.Mem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Instructions as GNU assembler text and as calls of {@link Assembler}: each with registers and
 * displacements on both sides of every border an encoding has. Run as a program, it prints the
 * texts; {@code encodings.sh} beside the golden file makes that of them.
 */
final class Encodings {
  private static final String[] GENERAL = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11"
  };
  private static final String[] LOW = {
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d"
  };
  private static final int[] DISPLACEMENTS = {
    0, 4, -3, 64, 124, 127, 128, 508, 512, 4064, 8128, 8192, -64, -128, -8192, -8256, 65536
  };

  private final Map<String, Consumer<Assembler>> avx2 = new LinkedHashMap<>();
  private final Map<String, Consumer<Assembler>> avx512 = new LinkedHashMap<>();

  Encodings() {
    general();
    vectors(avx2, "ymm", new int[] {0, 3, 7, 8, 13, 15});
    vectors(avx512, "zmm", new int[] {0, 7, 8, 15, 16, 23, 24, 31});
    broadcastProducts();
  }

  Map<String, Consumer<Assembler>> of(Isa isa) {
    return switch (isa) {
      case AVX2 -> avx2;
      case AVX512 -> avx512;
      case NEON -> throw new IllegalArgumentException("in arm.Encodings");
    };
  }

  public static void main(String[] args) {
    Encodings encodings = new Encodings();
    List<String> texts = new ArrayList<>(encodings.avx2.keySet());
    texts.addAll(encodings.avx512.keySet());
    texts.forEach(System.out::println);
  }

  private static String at(int base, int disp) {
    return "%s(%%%s)".formatted(disp == 0 ? "" : Integer.toString(disp), GENERAL[base]);
  }

  private void general() {
    avx2.put("ret", Assembler::ret);
    avx2.put("cpuid", Assembler::cpuid);
    avx2.put("xgetbv", Assembler::xgetbv);
    avx2.put("vzeroupper", Assembler::vzeroupper);
    avx2.put("test $3, %al", a -> a.testLowByte(3));
    avx2.put("shr $32, %rcx", a -> a.shiftRight(Assembler.RCX, 32));
    avx2.put("shr $3, %r9", a -> a.shiftRight(Assembler.R9, 3));
    for (int r = 0; r < GENERAL.length; r++) {
      int to = r;
      String name = GENERAL[r];
      avx2.put("push %" + name, a -> a.push(to));
      avx2.put("pop %" + name, a -> a.pop(to));
      for (int value : new int[] {0, 1, 0x80000000, 0x8FFFE000}) {
        avx2.put("mov $0x%x, %%%s".formatted(value, LOW[r]), a -> a.movImmediate(to, value));
      }
      for (int value : new int[] {1, 127, -128, 128, 320, -8192}) {
        avx2.put("add $%d, %%%s".formatted(value, name), a -> a.addImmediate(to, value));
        avx2.put("sub $%d, %%%s".formatted(value, name), a -> a.subtractImmediate(to, value));
      }
      for (int s = 0; s < GENERAL.length; s++) {
        int from = s;
        avx2.put("mov %%%s, %%%s".formatted(GENERAL[s], name), a -> a.mov(to, from));
        avx2.put("add %%%s, %%%s".formatted(GENERAL[s], name), a -> a.add(to, from));
        int disp = DISPLACEMENTS[(r * 5 + s) % DISPLACEMENTS.length];
        Mem mem = new Mem(from, disp);
        avx2.put("mov %s, %%%s".formatted(at(s, disp), name), a -> a.load(to, mem));
        avx2.put("mov %%%s, %s".formatted(LOW[r], at(s, disp)), a -> a.store32(mem, to));
      }
      for (int disp : DISPLACEMENTS) {
        avx2.put("prefetcht1 " + at(r, disp), a -> a.prefetchT1(new Mem(to, disp)));
      }
    }
    for (int v = 0; v < 16; v += 5) {
      int to = v;
      avx2.put("vmovd %%eax, %%xmm%d".formatted(v), a -> a.vmovd(to, Assembler.RAX));
      avx2.put("vmovd %%r9d, %%xmm%d".formatted(v), a -> a.vmovd(to, Assembler.R9));
    }
  }

  private interface Three {
    void emit(Assembler a, int to, int first, int second);
  }

  private static void vectors(Map<String, Consumer<Assembler>> all, String kind, int[] registers) {
    boolean wide = kind.equals("zmm");
    three(all, kind, registers, wide ? "vpandd" : "vpand", Assembler::vand);
    three(all, kind, registers, wide ? "vpxord" : "vpxor", Assembler::vxor);
    three(all, kind, registers, "vaddps", Assembler::vadd);
    three(all, kind, registers, "vmulps", (a, to, x, y) -> a.vmultiply(to, x, y));
    three(all, kind, registers, "vfmadd231ps", Assembler::vfma);
    three(all, kind, registers, "vpaddd", Assembler::vaddIntegers);
    three(all, kind, registers, "vpmaddwd", Assembler::vmultiplyPairs);
    three(all, kind, registers, "vpmulld", Assembler::vmultiplyIntegers);
    three(all, kind, registers, "vpmaxsd", Assembler::vmaximumIntegers);
    three(all, kind, registers, "vsubps", Assembler::vsubtract);
    three(all, kind, registers, "vdivps", Assembler::vdivide);
    three(all, kind, registers, "vminps", Assembler::vminimum);
    if (wide) {
      three(
          all,
          kind,
          registers,
          "vshufi32x4 $0x4e,",
          (a, t, x, y) -> a.vshuffleQuarters(t, x, y, 0x4E));
    } else {
      three(all, kind, registers, "vpackssdw", Assembler::vpack);
      three(
          all,
          kind,
          registers,
          "vperm2i128 $0x31,",
          (a, t, x, y) -> a.vshuffleHalves(t, x, y, 0x31));
    }
    three(all, kind, registers, wide ? "vpdpwssd" : "{vex} vpdpwssd", Assembler::vaddPairs);
    for (int r : registers) {
      all.put(
          "%1$s %%%2$s%3$d, %%%2$s%3$d, %%%2$s%3$d".formatted(wide ? "vpxord" : "vpxor", kind, r),
          a -> a.vzero(r));
      for (int s : registers) {
        String two = "%%%s%d, %%%1$s%d".formatted(kind, s, r);
        all.put("vcvtdq2ps " + two, a -> a.vfloats(r, s));
        all.put("vcvtps2dq " + two, a -> a.vintegers(r, s));
        all.put("vpshufd $0xb1, " + two, a -> a.vshuffle(r, s, 0xB1));
        if (!wide) {
          all.put("vpermq $0xd8, " + two, a -> a.vswapMiddle(r, s));
        }
        all.put("vbroadcastss %%xmm%d, %%%s%d".formatted(s, kind, r), a -> a.vbroadcast(r, s));
        for (int count : new int[] {3, 16, 24}) {
          String shift = " $%d, %s".formatted(count, two);
          all.put("vpsrld" + shift, a -> a.vshiftRight(r, s, count));
          all.put("vpsrlw" + shift, a -> a.vshiftRight16(r, s, count));
          all.put("vpsrad" + shift, a -> a.vshiftRightSigned(r, s, count));
          all.put("vpslld" + shift, a -> a.vshiftLeft(r, s, count));
        }
      }
      for (int base = 0; base < GENERAL.length; base++) {
        for (int disp : DISPLACEMENTS) {
          Mem mem = new Mem(base, disp);
          String place = at(base, disp);
          String name = "%" + kind + r;
          all.put("vmovups %s, %s".formatted(place, name), a -> a.vload(r, mem));
          all.put("vmovups %s, %s".formatted(name, place), a -> a.vstore(mem, r));
          if (wide) {
            all.put("vpmovdw %s, %s".formatted(name, place), a -> a.vstoreLowHalves(mem, r));
          } else {
            all.put("vmovd %%xmm%d, %s".formatted(r, place), a -> a.vstoreLane(mem, r));
          }
          all.put("vbroadcastss %s, %s".formatted(place, name), a -> a.vbroadcast(r, mem));
          all.put("vcvtph2ps %s, %s".formatted(place, name), a -> a.vwidenHalves(r, mem));
          all.put("vpmovsxbd %s, %s".formatted(place, name), a -> a.vwidenBytes(r, mem));
          int other = registers[(r + base) % registers.length];
          all.put(
              "vmulps %s, %%%s%d, %s".formatted(place, kind, other, name),
              a -> a.vmultiply(r, other, mem));
          all.put(
              "vfmadd213ps %s, %%%s%d, %s".formatted(place, kind, other, name),
              a -> a.vmultiplyAdd(r, other, mem));
        }
      }
    }
  }

  private static void three(
      Map<String, Consumer<Assembler>> all, String kind, int[] registers, String name, Three op) {
    for (int to : registers) {
      for (int x : registers) {
        for (int y : registers) {
          all.put(
              "%s %%%s%d, %%%2$s%d, %%%2$s%d".formatted(name, kind, y, x, to),
              a -> op.emit(a, to, x, y));
        }
      }
    }
  }

  private void broadcastProducts() {
    for (int sum = 0; sum < 32; sum += 5) {
      for (int disp : DISPLACEMENTS) {
        for (int base : new int[] {Assembler.RSI, Assembler.RDX, Assembler.R11}) {
          int to = sum;
          int by = 31 - sum;
          avx512.put(
              "vfmadd231ps %s{1to16}, %%zmm%d, %%zmm%d".formatted(at(base, disp), by, to),
              a -> a.vfmaBroadcast(to, by, new Mem(base, disp)));
          avx512.put(
              "vpdpwssd %s{1to16}, %%zmm%d, %%zmm%d".formatted(at(base, disp), by, to),
              a -> a.vaddPairsBroadcast(to, by, new Mem(base, disp)));
          avx512.put(
              "vmulps %s{1to16}, %%zmm%d, %%zmm%d".formatted(at(base, disp), by, to),
              a -> a.vmultiplyBroadcast(to, by, new Mem(base, disp)));
        }
      }
    }
  }
}
