package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;

/**
 * The tiers a test run has; a run at a narrower register width says so in {@code
 * tangram.widthBits}.
 */
final class Tiers {
  static final Integer WIDTH_BITS = Integer.getInteger("tangram.widthBits");

  private Tiers() {}

  static List<String> names() {
    return WIDTH_BITS == null ? List.of("scalar", "vector") : List.of("vector");
  }

  /** Skips the tests of the machine tier where it cannot run, and at forced register widths. */
  static void assumeMachine() {
    assumeThat(WIDTH_BITS).as("a run at a width of its own").isNull();
    assumeThat(System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .isEqualTo("Linux amd64");
  }

  static Kernels of(String tier, Workers workers) {
    Kernels kernels = Selection.choose(tier, workers).kernels();
    assertThat(tier).startsWith(kernels.tier());
    if (WIDTH_BITS != null) {
      assertThat(kernels.widthBits()).isEqualTo(WIDTH_BITS);
    }
    return kernels;
  }
}
