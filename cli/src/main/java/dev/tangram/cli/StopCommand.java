package dev.tangram.cli;

import dev.tangram.cli.admin.AdminClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tangram stop MODEL...}. */
@Command(
    name = "stop",
    description = "Close models that a running server has open; it opens them again when asked.")
final class StopCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private ServerFlags server;

  @Parameters(arity = "1..*", paramLabel = "MODEL", description = "Names as tangram ps shows them.")
  private List<String> models = new ArrayList<>();

  StopCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    ModelNames.parse(models);
    AdminClient client = server.client(surroundings.env());
    for (String model : models) {
      client.unload(model);
      surroundings.screen().out().println("stopped " + model);
    }
    return 0;
  }
}
