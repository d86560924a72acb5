package dev.tangram.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Programs that are not Java. */
final class Outside {
  private static final long SECONDS_MAX = 300;

  private Outside() {}

  /** Output and exit status of a program that ended. */
  record Result(int status, String output) {}

  /** Skips the test, saying why, if a program is not installed. */
  static void require(String program) {
    boolean found = false;
    try {
      found = run(Path.of("."), Map.of(), List.of(program, "--version")).status() == 0;
    } catch (IOException e) {
      // Not there.
    }
    if (!found) {
      System.out.println("SKIPPED: " + program + " is not installed");
    }
    Assumptions.assumeTrue(found, program + " is not installed");
  }

  /** Runs a program to its end; standard error is part of the output. */
  static Result run(Path folder, Map<String, String> environment, List<String> command)
      throws IOException {
    Path output = Files.createTempFile("tangram-client", ".txt");
    try {
      var builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(command + " did not end within " + SECONDS_MAX + " s");
      }
      return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Installs what the scripts of a work folder use, unless it is there. */
  static void install(Path work, String there, String... command) throws IOException {
    if (!Files.isDirectory(work.resolve(there))) {
      Result result = run(work, Map.of(), List.of(command));
      assertThat(result.status()).as(result.output()).isZero();
    }
  }

  /** Runs a script that says at its end that all was well. */
  static void check(Path work, Map<String, String> environment, String... command)
      throws IOException {
    Result result = run(work, environment, List.of(command));
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output()).endsWith("all checks passed\n");
  }

  /** The scripts of one language, copied to where packages may be installed beside them. */
  static Path workFolder(String language) throws IOException {
    Path source = Path.of("src/test/clients", language);
    Path work = Path.of("target/clients", language);
    Files.createDirectories(work);
    try (var files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            work.resolve(file.getFileName()),
            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return work;
  }

  static Map<String, String> environment(Target target) {
    return Map.of(
        "OPENAI_BASE_URL",
        target.base() + "/v1",
        "OPENAI_API_KEY",
        Target.API_KEY,
        "TANGRAM_MODEL",
        target.model(),
        "TANGRAM_TEXT",
        target.saysKnownText() ? Target.TEXT : "",
        "PYTHONIOENCODING",
        "utf-8");
  }
}
