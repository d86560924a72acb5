package dev.tangram.cli;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.model.ModelTooLargeException;
import dev.tangram.engine.prompt.TemplateException;
import dev.tangram.engine.quantize.QuantizeException;
import dev.tangram.fleet.file.FleetFormatException;
import dev.tangram.kernel.KernelUnavailableException;
import dev.tangram.server.store.PullException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Every failure ends here: one sentence on standard error and an exit code; a stack trace only if
 * asked for.
 */
final class FailureReport implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final int INTERRUPTED = 130;

  private final PrintStream err;
  private final boolean debug;

  FailureReport(PrintStream err, boolean debug) {
    this.err = err;
    this.debug = debug;
  }

  @Override
  public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
    return report(thrown);
  }

  @Override
  public int handleParseException(ParameterException thrown, String[] arguments) {
    CommandLine command = thrown.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    String suggestion = "";
    if (thrown instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      suggestion = " Did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
    }
    err.printf(
        "%s: %s.%s Try '%s --help'.%n", name, withoutStop(problem(thrown)), suggestion, name);
    trace(thrown);
    return Failure.USAGE;
  }

  private static String problem(ParameterException thrown) {
    return thrown instanceof UnmatchedArgumentException unmatched
            && !unmatched.isUnknownOption()
            && unmatched.getCommandLine().getParent() == null
        ? "there is no command '%s'".formatted(unmatched.getUnmatched().getFirst())
        : thrown.getMessage();
  }

  int report(Throwable thrown) {
    err.println("tangram: " + sentence(thrown));
    err.flush();
    trace(thrown);
    return switch (thrown) {
      case Failure failure -> failure.exitCode();
      case InterruptedException _ -> INTERRUPTED;
      default -> Failure.FAILED;
    };
  }

  private void trace(Throwable thrown) {
    if (debug) {
      thrown.printStackTrace(err);
    }
  }

  private static String sentence(Throwable thrown) {
    return switch (thrown) {
      // Their messages are written for people.
      case Failure failure -> failure.getMessage();
      case PullException e -> e.getMessage();
      case ModelFormatException e -> e.getMessage();
      case ModelTooLargeException e -> e.getMessage();
      case QuantizeException e -> e.getMessage();
      case TemplateException e -> e.getMessage();
      case FleetFormatException e -> e.getMessage();
      case KernelUnavailableException e -> e.getMessage();
      case IllegalArgumentException e -> e.getMessage();
      case UncheckedIOException e -> sentence(e.getCause());
      case NoSuchFileException e -> "there is no file " + e.getFile();
      case AccessDeniedException e -> "no permission for " + e.getFile();
      case FileSystemException e -> e.getMessage();
      case IOException e -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      case InterruptedException _ -> "interrupted";
      case OutOfMemoryError e -> "not enough memory: " + e.getMessage();
      default -> "internal error (%s); set TANGRAM_DEBUG=1 for details".formatted(thrown);
    };
  }

  private static String withoutStop(String message) {
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }
}
