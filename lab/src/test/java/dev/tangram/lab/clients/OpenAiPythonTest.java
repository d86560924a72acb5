package dev.tangram.lab.clients;

import java.nio.file.Path;
import java.util.HashMap;
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
    Outside.install(
        work,
        "packages/openai",
        "python3",
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--target",
        "packages",
        "-r",
        "requirements.txt");
    var environment = new HashMap<>(Outside.environment(target));
    environment.put("PYTHONPATH", work.resolve("packages").toAbsolutePath().toString());
    Outside.check(work, environment, "python3", script);
  }
}
