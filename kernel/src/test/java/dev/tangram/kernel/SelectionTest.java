package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SelectionTest {
  /**
   * Which tier and width this run of the tests has; the narrower runs fail here if the flag moved
   * nothing.
   */
  @Test
  @Tag("width")
  void theVectorTierRuns() {
    try (Workers workers = new Workers(1)) {
      Selection selection = Selection.choose("vector", workers);
      System.out.println("SelectionTest: " + selection.reason());
      assertThat(selection.kernels().tier()).isEqualTo("vector");
      assertThat(selection.widthBits()).isEqualTo(selection.kernels().widthBits());
      if (Tiers.WIDTH_BITS == null) {
        assertThat(selection.widthBits()).isIn(128, 256, 512);
      } else {
        assertThat(selection.widthBits()).isEqualTo(Tiers.WIDTH_BITS);
      }
      assertThat(selection.reason()).startsWith("vector").contains(selection.widthBits() + " bits");
    }
  }

  @Test
  void aTierAskedForIsTheTierThatRuns() {
    try (Workers workers = new Workers(1)) {
      assertThat(Selection.choose("scalar", workers).kernels().tier()).isEqualTo("scalar");
      assertThat(Selection.choose("scalar", workers).reason()).isEqualTo("scalar: asked for");
      assertThat(Selection.choose("vector", workers).kernels().tier()).isEqualTo("vector");
      assertThatThrownBy(() -> Selection.choose("native", workers))
          .isInstanceOf(KernelUnavailableException.class)
          .hasMessage("kernels: found native, allowed: auto, machine, machine-f32, vector, scalar");
    }
  }

  @Test
  void autoTakesCodeForThisProcessor() {
    Tiers.assumeMachine();
    try (Workers workers = new Workers(1)) {
      Selection selection = Selection.choose("auto", workers);
      assertThat(selection.kernels().tier()).isEqualTo("machine");
      assertThat(selection.widthBits()).isEqualTo(selection.kernels().widthBits()).isIn(256, 512);
      assertThat(selection.reason())
          .matches(
              "machine, %d bits, AVX.*, (16-bit|float) activations: code written for this processor"
                  .formatted(selection.widthBits()));
      assertThat(Selection.choose("machine", workers).reason())
          .isEqualTo(selection.reason().replaceFirst(": .*", ": asked for"));
      assertThat(Selection.choose("machine-f32", workers).reason())
          .matches(
              "machine, %d bits, AVX.*, float activations: asked for"
                  .formatted(selection.widthBits()));
    }
  }

  @Test
  void anotherSystemHasNoMachineCodeAndSaysWhy() throws Exception {
    List<String> elsewhere = List.of("--add-modules", "jdk.incubator.vector", "-Dos.name=Plan 9");
    assertThat(probe(elsewhere, "auto"))
        .startsWith("vector ")
        .contains("no machine code: machine code is written for Linux on amd64 and aarch64")
        .contains("found Plan 9 on ");
    assertThat(probe(elsewhere, "machine"))
        .startsWith(KernelUnavailableException.class.getName())
        .contains("kernels machine: ");
  }

  /** Code that no machine at hand could run is only used when it is asked for. */
  @Test
  void experimentalCodeIsNotChosen() throws Exception {
    List<String> arm =
        List.of("--add-modules", "jdk.incubator.vector", "-Dos.name=Linux", "-Dos.arch=aarch64");
    assertThat(probe(arm, "auto"))
        .startsWith("vector ")
        .endsWith(
            ": widest registers here; machine code for AArch64 is experimental: it was run under"
                + " emulation alone, and --kernels machine takes it\n");
  }

  @Test
  void experimentalCodeThatIsAskedForSaysThatItIs() {
    assumeThat(System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .isEqualTo("Linux aarch64");
    try (Workers workers = new Workers(1)) {
      assertThat(Selection.choose("auto", workers).kernels().tier()).isEqualTo("vector");
      assertThat(Selection.choose("machine-f32", workers).reason())
          .isEqualTo(
              "machine, 128 bits, NEON, float activations: asked for; machine code for AArch64 is"
                  + " experimental: it was run under emulation alone");
      assertThat(Selection.choose("machine", workers).reason())
          .matches("machine, 128 bits, NEON( dotprod, 16-bit|, float) activations: asked for; .*");
    }
  }

  @Test
  void withoutTheVectorApiAutoFallsBackAndSaysWhy() throws Exception {
    assertThat(probe(List.of(), "auto"))
        .startsWith("scalar 32 ")
        .contains("--add-modules jdk.incubator.vector");
    assertThat(probe(List.of(), "scalar")).startsWith("scalar 32 scalar: asked for");
    assertThat(probe(List.of(), "vector"))
        .startsWith(KernelUnavailableException.class.getName())
        .contains("--add-modules jdk.incubator.vector");
  }

  @Test
  void registersTooNarrowAreRefused() throws Exception {
    List<String> narrow = List.of("--add-modules", "jdk.incubator.vector", "-XX:MaxVectorSize=8");
    assertThat(probe(narrow, "auto")).startsWith("scalar 32 ").contains("too narrow");
    assertThat(probe(narrow, "vector")).startsWith(KernelUnavailableException.class.getName());
  }

  /** With the checks off a read past the end returns a neighbour's bytes, so there is no start. */
  @Test
  void refusesToStartWithoutBoundsChecks() throws Exception {
    for (String tier : List.of("auto", "machine", "machine-f32", "vector", "scalar")) {
      String said =
          probe(
              List.of(
                  "--add-modules",
                  "jdk.incubator.vector",
                  "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0"),
              tier);
      assertThat(said)
          .startsWith(IllegalStateException.class.getName())
          .contains("VECTOR_ACCESS_OOB_CHECK=0");
    }
  }

  private static String probe(List<String> flags, String tier)
      throws IOException, InterruptedException, URISyntaxException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of(
            "-cp",
            location(Selection.class) + File.pathSeparator + location(SelectionProbe.class),
            SelectionProbe.class.getName(),
            tier));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return said;
  }

  private static String location(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
