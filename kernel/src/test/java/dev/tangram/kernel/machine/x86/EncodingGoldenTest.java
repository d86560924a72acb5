package dev.tangram.kernel.machine.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.kernel.GoldenEncodings;
import dev.tangram.kernel.machine.Isa;
import dev.tangram.kernel.machine.x86.Assembler.Label;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every instruction byte for byte as the GNU assembler encodes it. */
class EncodingGoldenTest {
  private static Map<String, String> golden() throws IOException {
    return GoldenEncodings.beside(EncodingGoldenTest.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"AVX2", "AVX512"})
  void asTheGnuAssembler(Isa isa) throws IOException {
    Map<String, String> golden = golden();
    var all = new Encodings().of(isa);
    assertThat(all).hasSizeGreaterThan(1000);
    all.forEach(
        (text, instruction) -> {
          Assembler a = new Assembler(isa);
          instruction.accept(a);
          assertThat(HexFormat.of().formatHex(a.bytes())).as(text).isEqualTo(golden.get(text));
        });
  }

  @Test
  void theGoldenFileHasNothingElse() throws IOException {
    Encodings encodings = new Encodings();
    Map<String, String> golden = golden();
    golden.keySet().removeAll(encodings.of(Isa.AVX2).keySet());
    golden.keySet().removeAll(encodings.of(Isa.AVX512).keySet());
    assertThat(golden).isEmpty();
  }

  /**
   * jnz.d32 and jz.d32 of the GNU assembler: 0F 85 or 84, and the distance from the next
   * instruction.
   */
  @Test
  void jumpsBackAndForth() {
    Assembler a = new Assembler(Isa.AVX2);
    Label start = new Label();
    Label end = new Label();
    a.bind(start);
    a.ret();
    a.jumpIfNotZero(end);
    a.jumpIfNotZero(start);
    a.jumpIfZero(start);
    a.bind(end);
    a.ret();
    assertThat(HexFormat.of().formatHex(a.bytes()))
        .isEqualTo("c3" + "0f850c000000" + "0f85f3ffffff" + "0f84edffffff" + "c3");
  }
}
