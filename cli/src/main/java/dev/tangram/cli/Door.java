package dev.tangram.cli;

import picocli.CommandLine;

/** Entry of a JVM that is new enough: sees to the flags, then runs the command. */
public final class Door {
  private Door() {}

  /** Does not return: the process ends with the command's exit code. */
  public static void main(String[] arguments) {
    if (Relaunch.needed()) {
      System.exit(Relaunch.run(arguments));
    }
    System.exit(run(arguments));
  }

  /** Runs one command and returns its exit code: 0 done, 1 failed, 2 wrong usage. */
  static int run(String... arguments) {
    return new CommandLine(new TangramCommand()).execute(arguments);
  }
}
