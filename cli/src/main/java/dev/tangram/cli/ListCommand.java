package dev.tangram.cli;

import dev.tangram.cli.text.Ago;
import dev.tangram.cli.text.HumanSize;
import dev.tangram.cli.text.Table;
import dev.tangram.server.store.StoredModel;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tangram list}. */
@Command(name = "list", aliases = "ls", description = "List the models on this machine.")
final class ListCommand implements Callable<Integer> {
  private static final int ID_DIGITS = 12;

  private final Surroundings surroundings;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    List<StoredModel> models = surroundings.store().list();
    surroundings
        .screen()
        .out()
        .print(
            json
                ? JsonText.write(models.stream().map(ModelFacts::of).toList())
                : table(models, Instant.now()));
    return 0;
  }

  static String table(List<StoredModel> models, Instant now) {
    Table table = new Table("NAME", "ID", "SIZE", "MODIFIED");
    for (StoredModel model : models) {
      String id = model.sha256().isEmpty() ? "-" : model.sha256().substring(0, ID_DIGITS);
      table.row(model.name(), id, HumanSize.of(model.bytes()), Ago.of(model.pulled(), now));
    }
    return table.render();
  }
}
