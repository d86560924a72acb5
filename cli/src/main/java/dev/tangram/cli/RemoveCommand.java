package dev.tangram.cli;

import dev.tangram.server.store.ModelReference;
import dev.tangram.server.store.ModelStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tangram rm MODEL...}. */
@Command(name = "rm", description = "Delete models from this machine.")
final class RemoveCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description = "Names as tangram list shows them.")
  private List<String> models = new ArrayList<>();

  RemoveCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    List<ModelReference> references = ModelNames.parse(models);
    ModelStore store = surroundings.store();
    for (ModelReference reference : references) {
      if (!store.remove(reference)) {
        throw Failure.failed(
            "there is no model %s on this machine; tangram list shows them", reference);
      }
      surroundings.screen().out().println("deleted " + reference);
    }
    return 0;
  }
}
