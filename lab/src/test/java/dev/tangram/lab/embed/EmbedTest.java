package dev.tangram.lab.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.lab.model.Pulled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code examples/embed} as a stranger builds it: a Maven project that knows nothing but the
 * engine's coordinates. The jars this build made go into a local repository of their own; plugins
 * come from the usual one.
 */
class EmbedTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @TempDir Path folder;

  @Test
  void aProjectThatDependsOnTheEngineGetsAnAnswer() throws Exception {
    Path model = Pulled.file("smollm2-135m");
    install(ROOT.resolve("pom.xml"), ROOT.resolve("pom.xml"), "pom");
    for (String module : List.of("kernel", "schedule", "engine")) {
      install(ROOT.resolve(module).resolve("pom.xml"), jar(module), "jar");
    }
    copy(ROOT.resolve("examples/embed"), folder.resolve("embed"));
    String answer =
        maven(
            "-f",
            folder.resolve("embed/pom.xml").toString(),
            "compile",
            "exec:exec",
            "-Dmodel=" + model);
    assertThat(
            answer.lines().filter(line -> !line.startsWith("WARNING") && !line.isBlank()).toList())
        .as(answer)
        .isNotEmpty();
    assertThat(answer).containsIgnoringCase("hello");
  }

  private static Path jar(String module) throws IOException {
    Path target = ROOT.resolve(module).resolve("target");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(
              file ->
                  file.getFileName()
                      .toString()
                      .matches("tangram-" + module + "-[0-9.]+(-SNAPSHOT)?\\.jar"))
          .findFirst()
          .orElseThrow(() -> new IOException("no jar in " + target + "; run the package phase"));
    }
  }

  private void install(Path pom, Path file, String packaging) throws Exception {
    maven(
        "org.apache.maven.plugins:maven-install-plugin:3.1.4:install-file",
        "-DpomFile=" + pom,
        "-Dfile=" + file,
        "-Dpackaging=" + packaging);
  }

  private String maven(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ROOT.resolve("mvnw").toString());
    command.addAll(
        List.of(
            "-q",
            "-B",
            "-Dmaven.repo.local=" + folder.resolve("repository"),
            "-Dmaven.repo.local.tail=" + System.getProperty("user.home") + "/.m2/repository"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(folder.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(f -> !from.relativize(f).startsWith("target")).toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
