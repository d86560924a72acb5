package dev.tangram.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code openai} of PyPI. */
class OpenAiPythonTest {
  @Test
  void check() throws Exception {
    try (Target target = Target.open()) {
      runs(target, "check.py");
    }
  }

  @Test
  void embeddings() throws Exception {
    try (Target target = Target.openEmbedding()) {
      runs(target, "embed.py");
    }
  }

  private static void runs(Target target, String script) throws Exception {
    Outside.require("python3");
    Path work = Outside.workFolder("python");
    if (!Files.isDirectory(work.resolve("packages/openai"))) {
      var install =
          Outside.run(
              work,
              Map.of(),
              List.of(
                  "python3",
                  "-m",
                  "pip",
                  "install",
                  "-q",
                  "--disable-pip-version-check",
                  "--target",
                  "packages",
                  "-r",
                  "requirements.txt"));
      assertThat(install.status()).as(install.output()).isZero();
    }
    var environment = new HashMap<>(Outside.environment(target));
    environment.put("PYTHONPATH", work.resolve("packages").toAbsolutePath().toString());
    var result = Outside.run(work, environment, List.of("python3", script));
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output()).endsWith("all checks passed\n");
  }
}
