package dev.tangram.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ScopeType;

/** The root command: only holds the others. */
@Command(
    name = "tangram",
    description = "Runs language models on this machine.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    subcommands = {
      RunCommand.class,
      ServeCommand.class,
      EmbedCommand.class,
      PullCommand.class,
      ListCommand.class,
      ShowCommand.class,
      RemoveCommand.class,
      CopyCommand.class,
      QuantizeCommand.class,
      PsCommand.class,
      StopCommand.class,
      LogitsCommand.class,
      ChipsCommand.class,
      CalibrateCommand.class,
      SimulateCommand.class,
      PlanCommand.class,
      WhatIfCommand.class,
      ExplainCommand.class,
      RehearseCommand.class,
      VersionCommand.class,
      HelpCommand.class
    })
final class TangramCommand {}
