package dev.tangram.lab.clients;

import java.nio.file.Path;
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
    Outside.install(
        work,
        "node_modules/openai",
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts");
    Outside.check(work, Outside.environment(target), "node", script);
  }
}
