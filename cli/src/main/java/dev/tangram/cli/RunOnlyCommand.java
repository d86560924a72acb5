package dev.tangram.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/** {@link TangramCommand} for command lines that begin with {@code run}; a test compares them. */
@Command(
    name = "tangram",
    description = "Runs language models on this machine.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    subcommands = RunCommand.class)
final class RunOnlyCommand {}
