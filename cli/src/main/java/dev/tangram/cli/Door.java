package dev.tangram.cli;

import dev.tangram.engine.Engine;
import dev.tangram.server.store.ModelStore;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Entry of a JVM that is new enough: sees to the flags, then runs the command. */
public final class Door {
  private Door() {}

  /** Does not return: the process ends with the command's exit code. */
  public static void main(String[] arguments) {
    if (Relaunch.needed(arguments)) {
      System.exit(Relaunch.run(arguments));
    }
    Surroundings surroundings = Surroundings.ofProcess();
    if (!surroundings.debug() && System.getProperty(QuietLogging.PROPERTY) == null) {
      System.setProperty(QuietLogging.PROPERTY, QuietLogging.class.getName());
    }
    if (Relaunch.computes(arguments)) {
      Thread.ofPlatform().daemon().name("early start").start(Door::prepare);
      eraseIncubatorWarning(surroundings);
    }
    int exitCode;
    try {
      exitCode = run(surroundings, arguments);
    } catch (Error e) {
      exitCode = new FailureReport(surroundings.screen().err(), surroundings.debug()).report(e);
    }
    surroundings.screen().out().flush();
    System.exit(exitCode);
  }

  /** While this thread reads the command line, another one does what the command will need. */
  private static void prepare() {
    ModelStore.prepare();
    Engine.prepare();
  }

  /**
   * The JVM says "Using incubator modules" as the first line of such a process, and has no flag
   * against it. On a terminal that line is taken away again; in a log it may stay.
   */
  private static void eraseIncubatorWarning(Surroundings surroundings) {
    if (surroundings.screen().errTerminal() && !"dumb".equals(surroundings.env().get("TERM"))) {
      surroundings.screen().err().print("\033[1A\033[2K");
      surroundings.screen().err().flush();
    }
  }

  /** Runs one command and returns its exit code: 0 done, 1 failed, 2 wrong usage. */
  static int run(Surroundings surroundings, String... arguments) {
    // The one command that is to be quick: describing the others to picocli takes longer than
    // itself.
    boolean runs = arguments.length > 0 && arguments[0].equals("run");
    return commandLine(surroundings, runs ? new RunOnlyCommand() : new TangramCommand())
        .execute(arguments);
  }

  static CommandLine commandLine(Surroundings surroundings) {
    return commandLine(surroundings, new TangramCommand());
  }

  static CommandLine commandLine(Surroundings surroundings, Object root) {
    var report = new FailureReport(surroundings.screen().err(), surroundings.debug());
    return new CommandLine(root, new CommandFactory(surroundings))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(surroundings.screen().out(), true))
        .setErr(new PrintWriter(surroundings.screen().err(), true))
        .setExecutionExceptionHandler(report)
        .setParameterExceptionHandler(report)
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                surroundings.screen().outTerminal() && surroundings.screen().color()
                    ? CommandLine.Help.Ansi.ON
                    : CommandLine.Help.Ansi.OFF));
  }

  /** Gives commands their surroundings. */
  private record CommandFactory(Surroundings surroundings) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      if (type.getPackage() == Door.class.getPackage()) {
        for (var constructor : type.getDeclaredConstructors()) {
          if (constructor.getParameterCount() == 1
              && constructor.getParameterTypes()[0] == Surroundings.class) {
            return type.cast(constructor.newInstance(surroundings));
          }
        }
      }
      return CommandLine.defaultFactory().create(type);
    }
  }
}
