package dev.tangram.cli;

import dev.tangram.cli.rehearsal.Rehearsal;
import dev.tangram.server.observe.LogSetup;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import picocli.CommandLine.Command;

/** {@code tangram rehearse}: the launcher runs it once, under a JVM that writes its AOT cache. */
@Command(
    name = "rehearse",
    hidden = true,
    description =
        "Go through a start with a practice model, for the JVM's start-up cache. Shows nothing.")
final class RehearseCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  RehearseCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    LogSetup.install(surroundings.screen().err(), Level.SEVERE);
    Rehearsal.run();
    return 0;
  }
}
