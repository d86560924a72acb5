package dev.tangram.fleet.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.cost.PointsReader;
import dev.tangram.fleet.model.ModelCatalogue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file holds, it is read or refused in a sentence. */
class BrokenFilesFuzzTest {
  private static final int ROUNDS = 1500;
  private static final String PIECES = "[]{}:,-\"'#&*!|>%@` \n\tx0.9~\0\u00e9";

  private static String shipped(String name) throws Exception {
    try (var in = BrokenFilesFuzzTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void mangle(String text, long seed, Consumer<String> reader) {
    System.out.println("seed=" + seed);
    Random random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder broken = new StringBuilder(text);
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        int at = random.nextInt(broken.length());
        switch (random.nextInt(3)) {
          case 0 -> broken.insert(at, PIECES.charAt(random.nextInt(PIECES.length())));
          case 1 -> broken.delete(at, Math.min(broken.length(), at + 1 + random.nextInt(20)));
          default -> broken.setCharAt(at, PIECES.charAt(random.nextInt(PIECES.length())));
        }
      }
      try {
        reader.accept(broken.toString());
      } catch (FleetFormatException e) {
        assertThat(e.getMessage()).startsWith("f.").contains(", line ", "found ", "allowed: ");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }

  @Test
  void chips() throws Exception {
    String text = shipped("/dev/tangram/fleet/chip/chips.yaml").substring(0, 4000);
    String whole = text.substring(0, text.lastIndexOf("\n\n"));
    mangle(whole, 11, yaml -> ChipCatalogue.shipped().with("f.yaml", yaml));
  }

  @Test
  void models() throws Exception {
    String text = shipped("/dev/tangram/fleet/model/models.yaml").substring(0, 3000);
    String whole = text.substring(0, text.lastIndexOf("\n  Q"));
    mangle(whole, 12, yaml -> ModelCatalogue.shipped().with(Tree.read("f.yaml", yaml)));
  }

  @Test
  void points() throws Exception {
    var reader = new PointsReader(ChipCatalogue.shipped(), ModelCatalogue.shipped());
    mangle(
        shipped("/points/throughput.csv").substring(0, 1500).replaceAll("\n[^\n]*$", "\n"),
        13,
        csv -> reader.read(CsvTable.read("f.csv", csv)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- ", "a:\n - "})
  void depthIsNoWayToBreakTheReader(String piece) {
    assertThatThrownBy(() -> Tree.read("f.yaml", "a: " + piece.repeat(50_000)))
        .isInstanceOf(FleetFormatException.class);
  }

  @Test
  void bytesThatAreNoTextAreRefused(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("x.yaml"), new byte[] {'a', (byte) 0xff, ':'});

    assertThatThrownBy(() -> Tree.read(file))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageContaining("found bytes that are no UTF-8");
    assertThatThrownBy(() -> CsvTable.read(file)).isInstanceOf(FleetFormatException.class);
  }
}
