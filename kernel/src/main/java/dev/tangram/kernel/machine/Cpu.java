package dev.tangram.kernel.machine;

import dev.tangram.kernel.machine.x86.SystemCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the processor can do and the system lets it do; on x86-64 asked with CPUID and XGETBV, on
 * AArch64 by {@link ArmCpu}.
 */
final class Cpu {
  // Leaf 1, ecx.
  private static final int OSXSAVE = 1 << 27;
  private static final int AVX = 1 << 28;
  private static final int FMA = 1 << 12;
  private static final int F16C = 1 << 29;

  // Leaf 7, ebx.
  private static final int AVX2 = 1 << 5;
  private static final int AVX512F = 1 << 16;
  private static final int AVX512BW = 1 << 30;

  // Leaf 7, ecx; and its second part, eax.
  private static final int AVX512_VNNI = 1 << 11;
  private static final int AVX_VNNI = 1 << 4;

  /** The system saves these registers when it switches threads: of 256 bits, of 512 bits. */
  private static final int SAVES_YMM = 0b110;

  private static final int SAVES_ZMM = 0b1110_0110;

  private Cpu() {}

  /**
   * The instruction sets that code may use here; none on an x86-64 processor without AVX2 and FMA.
   *
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  static Set<Isa> instructionSets() {
    if (Host.aarch64()) {
      return ArmCpu.instructionSets();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cpuid = ExecutableMemory.of(SystemCode.cpuid(), arena);
      int leaves = ask(cpuid, 0, arena)[0];
      int basic = ask(cpuid, 1, arena)[2];
      Set<Isa> found = EnumSet.noneOf(Isa.class);
      if (leaves < 7 || (basic & OSXSAVE) == 0 || (basic & AVX) == 0 || (basic & FMA) == 0) {
        return found;
      }
      int saved = ask(ExecutableMemory.of(SystemCode.xgetbv(), arena), 0, arena)[0];
      int extended = ask(cpuid, 7, arena)[1];
      if ((saved & SAVES_YMM) == SAVES_YMM && (extended & AVX2) != 0) {
        found.add(Isa.AVX2);
        if ((saved & SAVES_ZMM) == SAVES_ZMM
            && (extended & AVX512F) != 0
            && (extended & AVX512BW) != 0) {
          found.add(Isa.AVX512);
        }
      }
      return found;
    }
  }

  /**
   * How pairs of 16-bit integers are multiplied with an instruction set that is here.
   *
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  static Pairs pairs(Isa isa) {
    if (isa == Isa.NEON) {
      return ArmCpu.pairs();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cpuid = ExecutableMemory.of(SystemCode.cpuid(), arena);
      int[] extended = ask(cpuid, 7, arena);
      boolean more = extended[0] >= 1;
      return switch (isa) {
        case AVX512 -> (extended[2] & AVX512_VNNI) != 0 ? Pairs.DOT : Pairs.MULTIPLY_ADD;
        case AVX2 ->
            more && (ask(cpuid, 7, 1, arena)[0] & AVX_VNNI) != 0 ? Pairs.DOT : Pairs.MULTIPLY_ADD;
        case NEON -> throw new IllegalStateException("asked above");
      };
    }
  }

  /**
   * Whether there is an instruction that turns halves into floats, with an x86-64 instruction set
   * that is here.
   *
   * @throws UnsupportedOperationException if the system gives no executable memory
   */
  static boolean widensHalves(Isa isa) {
    if (isa == Isa.AVX512) {
      return true;
    }
    try (Arena arena = Arena.ofConfined()) {
      return (ask(ExecutableMemory.of(SystemCode.cpuid(), arena), 1, arena)[2] & F16C) != 0;
    }
  }

  private static int[] ask(MemorySegment code, long leaf, Arena arena) {
    return ask(code, leaf, 0, arena);
  }

  private static int[] ask(MemorySegment code, long leaf, long part, Arena arena) {
    MemorySegment answer = arena.allocate(ValueLayout.JAVA_INT, 4);
    LinuxMemory.run(code, leaf | part << 32, answer.address());
    return answer.toArray(ValueLayout.JAVA_INT);
  }
}
