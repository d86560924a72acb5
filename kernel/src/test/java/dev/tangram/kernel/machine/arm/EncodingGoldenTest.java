package dev.tangram.kernel.machine.arm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.kernel.GoldenEncodings;
import dev.tangram.kernel.machine.arm.Assembler.Label;
import dev.tangram.kernel.machine.arm.Assembler.Mem;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every instruction byte for byte as the GNU assembler encodes it. */
class EncodingGoldenTest {
  private static Map<String, String> golden() throws IOException {
    return GoldenEncodings.beside(EncodingGoldenTest.class);
  }

  private static String hex(Consumer<Assembler> instruction) {
    Assembler a = new Assembler();
    instruction.accept(a);
    return HexFormat.of().formatHex(a.bytes());
  }

  @Test
  void asTheGnuAssembler() throws IOException {
    Map<String, String> golden = golden();
    var all = new Encodings().all();
    assertThat(all).hasSizeGreaterThan(5000);
    all.forEach(
        (text, instruction) ->
            assertThat(hex(instruction)).as(text).isNotEmpty().isEqualTo(golden.get(text)));
  }

  @Test
  void theGoldenFileHasNothingElse() throws IOException {
    assertThat(golden().keySet()).isEqualTo(new Encodings().all().keySet());
  }

  /** b.ne and b.gt of the GNU assembler: the distance from the instruction itself, in words. */
  @Test
  void branchesBackAndForth() {
    assertThat(
            hex(
                a -> {
                  Label start = a.label();
                  a.ret();
                  a.skipIfNotZero(1);
                  a.branchIfNotZero(start);
                  a.branchIfGreater(start);
                  a.ret();
                }))
        .isEqualTo("c0035fd6" + "41000054" + "c1ffff54" + "acffff54" + "c0035fd6");
  }

  /** Constants stand behind the code, each array once, as it is when the code is finished. */
  @Test
  void literals() {
    byte[] first = new byte[16];
    byte[] second = new byte[16];
    Assembler a = new Assembler();
    a.vliteral(1, first);
    a.vliteral(2, second);
    a.vliteral(3, first);
    a.ret();
    Arrays.fill(first, (byte) 0x11);
    Arrays.fill(second, (byte) 0x22);
    assertThat(HexFormat.of().formatHex(a.bytes()))
        .isEqualTo(
            hex(b -> b.vloadAhead(1, 4))
                + hex(b -> b.vloadAhead(2, 7))
                + hex(b -> b.vloadAhead(3, 2))
                + "c0035fd6"
                + "11".repeat(16)
                + "22".repeat(16));
  }

  @Test
  void constants() {
    assertThat(hex(a -> a.movImmediate(3, 0x8FFFE000)))
        .isEqualTo(hex(a -> a.movz(3, 0xE000)) + hex(a -> a.movk(3, 0x8FFF)));
    assertThat(hex(a -> a.movImmediate(3, 255))).isEqualTo(hex(a -> a.movz(3, 255)));
  }

  /** What does not fit an instruction is refused, not cut off. */
  @Test
  void offsetsThatDoNotFit() {
    for (Consumer<Assembler> wrong :
        List.<Consumer<Assembler>>of(
            a -> a.addImmediate(0, 0, 4097),
            a -> a.addImmediate(0, 0, -1),
            a -> a.load(0, new Mem(0, 4)),
            a -> a.load(0, new Mem(0, 32768)),
            a -> a.vload(0, new Mem(0, 257)),
            a -> a.vload(0, new Mem(0, -257)),
            a -> a.vstore(new Mem(0, 8), 0),
            a -> a.prefetchL2(new Mem(0, 32768)),
            a -> a.vstorePair(new Mem(0, 512), 0, 1))) {
      assertThatThrownBy(() -> hex(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("no offset of ");
    }
  }
}
