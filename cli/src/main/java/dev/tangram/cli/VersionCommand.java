package dev.tangram.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tangram version}. */
@Command(name = "version", description = "Tell the version of Tangram and of the JVM.")
final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"--licences", "--licenses"},
      description = "Print what else is in the jar, and its licences.")
  private boolean licences;

  @Override
  public Integer call() throws IOException {
    if (!licences) {
      spec.root().commandLine().printVersionHelp(spec.commandLine().getOut());
      return 0;
    }
    try (InputStream in = VersionCommand.class.getResourceAsStream("/META-INF/THIRD-PARTY.txt")) {
      spec.commandLine().getOut().print(new String(in.readAllBytes(), UTF_8));
      spec.commandLine().getOut().flush();
    }
    return 0;
  }
}
