package dev.tangram.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** {@code run} is the same command whichever root it hangs from. */
class RunOnlyCommandTest {
  private static CommandLine of(Object root) {
    return Door.commandLine(Surroundings.ofProcess(), root);
  }

  @Test
  void theSmallRootDescribesRunAsTheLargeOneDoes() {
    CommandLine small = of(new RunOnlyCommand());
    CommandLine large = of(new TangramCommand());
    assertThat(small.getSubcommands()).containsOnlyKeys("run");
    CommandLine run = small.getSubcommands().get("run");
    CommandLine same = large.getSubcommands().get("run");
    assertThat(run.getUsageMessage()).isEqualTo(same.getUsageMessage());
    assertThat(run.getCommandSpec().qualifiedName())
        .isEqualTo(same.getCommandSpec().qualifiedName());
    assertThat(arguments(run.getCommandSpec())).isEqualTo(arguments(same.getCommandSpec()));
    assertThat(run.getCommandSpec().version()).isEqualTo(same.getCommandSpec().version());
    assertThat(small.getCommandSpec().options())
        .extracting(option -> option.longestName())
        .isEqualTo(large.getCommandSpec().options().stream().map(o -> o.longestName()).toList());
  }

  private static List<String> arguments(CommandSpec spec) {
    List<String> all = new ArrayList<>();
    for (ArgSpec argument : spec.args()) {
      all.add(argument + " " + argument.arity() + " " + argument.type());
    }
    return all;
  }
}
