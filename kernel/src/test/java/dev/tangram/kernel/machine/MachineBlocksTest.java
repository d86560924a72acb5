package dev.tangram.kernel.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** A hint must stay one, whatever it is given. */
class MachineBlocksTest {
  @Test
  void changesNothingAndFaultsNowhere() {
    assumeTrue(Host.known() && !Host.aarch64(), "x86-64 alone");
    try (Arena arena = Arena.ofConfined()) {
      MachineBlocks blocks = new MachineBlocks(Isa.AVX2, arena);
      MemorySegment memory = arena.allocate(1 << 16, 64).fill((byte) 7);
      for (long bytes : new long[] {0, -1, 1, 63, 64, 511, 512, 513, 4096, 1 << 16}) {
        blocks.bring(memory.address() + bytes / 3, bytes);
      }
      assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).containsOnly(7);
      blocks.bring(0, 4096);
      blocks.bring(-1, 4096);
      blocks.bring(1L << 62, Long.MAX_VALUE);
    }
  }
}
