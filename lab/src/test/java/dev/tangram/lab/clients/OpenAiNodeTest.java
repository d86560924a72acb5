package dev.tangram.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code openai} of npm. */
class OpenAiNodeTest {
  @Test
  void check() throws Exception {
    try (Target target = Target.open()) {
      runs(target, "check.mjs");
    }
  }

  @Test
  void embeddings() throws Exception {
    try (Target target = Target.openEmbedding()) {
      runs(target, "embed.mjs");
    }
  }

  private static void runs(Target target, String script) throws Exception {
    Outside.require("node");
    Outside.require("npm");
    Path work = Outside.workFolder("node");
    if (!Files.isDirectory(work.resolve("node_modules/openai"))) {
      var install =
          Outside.run(
              work,
              Map.of(),
              List.of("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"));
      assertThat(install.status()).as(install.output()).isZero();
    }
    var result = Outside.run(work, Outside.environment(target), List.of("node", script));
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output()).endsWith("all checks passed\n");
  }
}
