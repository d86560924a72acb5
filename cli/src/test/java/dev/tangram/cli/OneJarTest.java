package dev.tangram.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The jar that ships, started as a user starts it: {@code java -jar}. */
@Timeout(120)
class OneJarTest {
  private static final int JAVA_8_CLASS = 52;
  private static final int KILLED_BY_TERM = 128 + 15;

  @TempDir private Path folder;

  private static Path jar() {
    return Repository.root().resolve("cli/target/tangram.jar");
  }

  private record Ended(int exitCode, String out, String err) {}

  private Process start(Path javaHome, String... words) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(javaHome.resolve("bin/java").toString(), "-jar", jar().toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TANGRAM_MODELS", folder.resolve("models").toString());
    builder.environment().put("TANGRAM_STATE", folder.resolve("state").toString());
    builder.environment().remove("TANGRAM_HOST");
    builder.environment().remove("TANGRAM_API_KEY");
    builder.redirectOutput(folder.resolve("out").toFile());
    builder.redirectError(folder.resolve("err").toFile());
    return builder.start();
  }

  private Ended run(Path javaHome, String... words) throws Exception {
    Process process = start(javaHome, words);
    process.getOutputStream().close();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError(
          "still running after 60 s: " + Files.readString(folder.resolve("err")));
    }
    return new Ended(
        process.exitValue(),
        Files.readString(folder.resolve("out")),
        Files.readString(folder.resolve("err")));
  }

  private static Path thisJdk() {
    return Path.of(System.getProperty("java.home"));
  }

  @Test
  void holdsOneOfEverything() throws IOException {
    try (JarFile file = new JarFile(jar().toFile())) {
      assertThat(file.stream().map(entry -> entry.getName()).toList())
          .noneMatch(name -> name.endsWith("module-info.class"))
          .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|RSA|DSA)"))
          .contains("META-INF/LICENSE", "META-INF/NOTICE", "META-INF/THIRD-PARTY.txt")
          .doesNotHaveDuplicates();
      assertThat(
              new String(
                  file.getInputStream(file.getEntry("META-INF/LICENSE")).readAllBytes(), UTF_8))
          .contains("Apache License");
      assertThat(
              new String(
                  file.getInputStream(file.getEntry("META-INF/NOTICE")).readAllBytes(), UTF_8))
          .contains("Jackson")
          .contains("Micrometer");
      assertThat(file.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo("dev.tangram.cli.boot.Main");
      try (DataInputStream in =
          new DataInputStream(
              file.getInputStream(file.getEntry("dev/tangram/cli/boot/Main.class")))) {
        in.readInt();
        in.readUnsignedShort();
        assertThat(in.readUnsignedShort()).isEqualTo(JAVA_8_CLASS);
      }
    }
  }

  @Test
  void namesEveryLibraryThatItHolds() throws IOException {
    List<String> names;
    String notice;
    try (JarFile file = new JarFile(jar().toFile())) {
      notice =
          new String(
              file.getInputStream(file.getEntry("META-INF/THIRD-PARTY.txt")).readAllBytes(), UTF_8);
      names =
          file.stream()
              .filter(entry -> !entry.isDirectory())
              .map(entry -> entry.getName().replaceFirst("^META-INF/versions/\\d+/", ""))
              .filter(name -> !name.startsWith("META-INF/") && !name.startsWith("dev/tangram/"))
              .toList();
    }
    List<String> places =
        Pattern.compile("\\[([^]]+)]")
            .matcher(notice)
            .results()
            .flatMap(in -> Stream.of(in.group(1).split("\\s+")))
            .map(place -> place.replace('.', '/').replace("PLATFORM", ""))
            .toList();

    assertThat(places).isNotEmpty().doesNotHaveDuplicates();
    assertThat(names)
        .as("in no library of THIRD-PARTY.txt")
        .allMatch(name -> places.stream().anyMatch(name::startsWith));
    assertThat(places)
        .as("in THIRD-PARTY.txt alone")
        .allMatch(place -> names.stream().anyMatch(name -> name.startsWith(place)));
    // What OR-Tools brings in native form has makers and licences of its own.
    assertThat(
            names.stream()
                .filter(name -> name.startsWith("ortools-linux-"))
                .map(name -> name.replaceFirst(".*/lib(absl)?([A-Za-z]*).*", "$1$2"))
                .distinct())
        .isSubsetOf(
            "absl",
            "bz",
            "Cbc",
            "CbcSolver",
            "Cgl",
            "Clp",
            "ClpSolver",
            "CoinUtils",
            "highs",
            "jniortools",
            "ortools",
            "Osi",
            "OsiCbc",
            "OsiClp",
            "protobuf",
            "re",
            "scip",
            "utf",
            "z");
  }

  @Test
  void anOldJvmGetsOneSentence() throws Exception {
    Optional<Path> old = oldJdk();
    assumeTrue(old.isPresent(), "no JDK older than 25 on this machine");

    Ended ended = run(old.get(), "serve");

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err())
        .startsWith("Tangram needs JDK 25 or newer; this is ")
        .contains("Install Temurin 25: https://adoptium.net")
        .hasLineCount(1);
  }

  private static Optional<Path> oldJdk() throws IOException {
    Path jvms = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(jvms)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(jvms)) {
      return homes
          .filter(home -> Files.isExecutable(home.resolve("bin/java")))
          .filter(home -> home.getFileName().toString().matches(".*\\b(8|11|17|21)\\b.*"))
          .findFirst();
    }
  }

  @Test
  void commandsThatDoNotComputeRunInThisJvm() throws Exception {
    Ended ended = run(thisJdk(), "version");

    assertThat(ended.exitCode()).isZero();
    assertThat(ended.out()).startsWith("tangram ");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void commandsThatComputeAreStartedAgainWithTheFlags() throws Exception {
    Ended ended = run(thisJdk(), "run", folder.resolve("gone.gguf").toString(), "hello");

    assertThat(ended.exitCode()).isEqualTo(Failure.FAILED);
    assertThat(ended.out()).isEmpty();
    // The JVM's own line shows that the module was there.
    assertThat(ended.err().lines().toList())
        .hasSize(2)
        .first()
        .isEqualTo("WARNING: Using incubator modules: jdk.incubator.vector");
    assertThat(ended.err()).contains("tangram: ").contains("gone.gguf");
  }

  @Test
  void aModelThatCannotBeServedEndsTheServer() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.gguf"), "no model");

    Ended ended = run(thisJdk(), "serve", "--port", "0", "--model", broken.toString());

    assertThat(ended.exitCode()).isEqualTo(Failure.FAILED);
    assertThat(ended.err())
        .contains("tangram: broken cannot be served: " + broken)
        .doesNotContain("\tat ");
  }

  @Test
  void aBusyPortIsOneSentence() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ended ended = run(thisJdk(), "serve", "--port", Integer.toString(taken.getLocalPort()));

      assertThat(ended.exitCode()).isEqualTo(Failure.FAILED);
      assertThat(ended.err())
          .contains("tangram: port " + taken.getLocalPort() + " of 127.0.0.1 is in use")
          .doesNotContain("\tat ");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void signalsReachTheSecondJvm() throws Exception {
    Process first = start(thisJdk(), "serve", "--port", "0");
    try {
      awaitErr("serves http://");
      ProcessHandle second = first.descendants().findFirst().orElseThrow();

      // A terminal sends Ctrl-C to both; the first one alone must not die of it.
      assertThat(new ProcessBuilder("kill", "-INT", Long.toString(first.pid())).start().waitFor())
          .isZero();
      assertThat(first.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();

      first.destroy();
      assertThat(first.waitFor(40, TimeUnit.SECONDS)).isTrue();
      assertThat(first.exitValue()).isEqualTo(KILLED_BY_TERM);
      assertThat(second.isAlive()).isFalse();
      assertThat(Files.readString(folder.resolve("err"))).contains("stopped");
    } finally {
      first.descendants().forEach(ProcessHandle::destroyForcibly);
      first.destroyForcibly();
    }
  }

  private void awaitErr(String text) throws Exception {
    for (int i = 0; i < 600; i++) {
      try (BufferedReader reader = Files.newBufferedReader(folder.resolve("err"))) {
        if (reader.lines().anyMatch(line -> line.contains(text))) {
          return;
        }
      }
      Thread.sleep(100);
    }
    throw new AssertionError(
        "not shown: " + text + "; shown: " + Files.readString(folder.resolve("err")));
  }
}
