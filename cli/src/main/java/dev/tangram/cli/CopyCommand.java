package dev.tangram.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tangram cp FROM TO}. */
@Command(name = "cp", description = "Give a model a second name; no bytes are copied.")
final class CopyCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(index = "0", paramLabel = "FROM", description = "A model on this machine.")
  private String from;

  @Parameters(index = "1", paramLabel = "TO", description = "The new name, NAME[:TAG].")
  private String to;

  CopyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    var copy = surroundings.store().copy(ModelNames.parse(from), ModelNames.parse(to));
    surroundings.screen().out().println("copied " + from + " to " + copy.name());
    return 0;
  }
}
