package dev.tangram.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.Signals;

/**
 * {@code java -jar tangram.jar} has no way to name the Vector API module in the manifest: such a
 * JVM starts itself again with the flags that the launcher would have given.
 */
final class Relaunch {
  /**
   * What every Tangram JVM runs with. The scripts {@code tangram} and {@code tangram.cmd} hold the
   * same list.
   */
  static final List<String> FLAGS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "-Djdk.serialFilter=!*",
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData");

  /**
   * Commands that need the Vector API; the others start faster without it, and without the JVM's
   * warning about it.
   */
  static final List<String> COMPUTING = List.of("run", "serve", "logits", "rehearse");

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private Relaunch() {}

  /** True if this JVM was started without the Vector API, and the command computes. */
  static boolean needed(String[] arguments) {
    return computes(arguments) && ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty();
  }

  /** True if the command opens models: the first word that is no option names it. */
  static boolean computes(String[] arguments) {
    for (String argument : arguments) {
      if (!argument.startsWith("-")) {
        return COMPUTING.contains(argument);
      }
    }
    return false;
  }

  /** Runs the same command in a child that has the flags, and returns its exit code. */
  static int run(String[] arguments) {
    if (ModuleFinder.ofSystem().find(VECTOR_MODULE).isEmpty()) {
      System.err.printf(
          "The Java runtime %s lacks the module %s: use a full JDK, e.g. Temurin 25 from https://adoptium.net%n",
          System.getProperty("java.home"), VECTOR_MODULE);
      return 2;
    }
    try {
      Process child = new ProcessBuilder(command(arguments)).inheritIO().start();
      // Ctrl-C reaches the child by itself (same terminal); the others come to this process alone.
      Signals.register("INT", () -> {});
      Signals.register("TERM", child::destroy);
      Signals.register("HUP", child::destroy);
      return child.waitFor();
    } catch (IOException e) {
      System.err.println("Tangram could not start a second JVM: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static List<String> command(String[] arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    // The user's own flags (heap, logging) stay in force.
    command.addAll(ownFlags());
    command.add("-D" + Screens.TERMINALS_PROPERTY + "=" + Screens.ask());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.tangram.cli.boot.Main");
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<String> ownFlags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments();
  }
}
