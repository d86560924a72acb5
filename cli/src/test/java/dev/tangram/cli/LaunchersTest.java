package dev.tangram.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The scripts, with a pretended JVM that prints what it was started with. */
class LaunchersTest {
  @TempDir private Path folder;

  private String cache = "off";

  @Test
  void theScriptsHoldTheSameFlagsAsTheJar() throws IOException {
    String shell = Files.readString(Repository.root().resolve("tangram"));
    String windows = Files.readString(Repository.root().resolve("tangram.cmd"));
    for (String flag : Relaunch.FLAGS) {
      assertThat(shell).contains(flag);
      assertThat(windows).contains(flag);
    }
    assertThat(shell).contains(String.join(" | ", Relaunch.COMPUTING) + ")");
    for (String command : Relaunch.COMPUTING) {
      assertThat(windows).contains("\"" + command + "\"");
    }
  }

  /** A release: the script, the finder and a jar in one folder; and a JDK. */
  private Path release() throws IOException {
    Path release = Files.createDirectories(folder.resolve("a release/.mvn")).getParent();
    Files.copy(Repository.root().resolve("tangram"), release.resolve("tangram"));
    Files.copy(Repository.root().resolve(".mvn/find-jdk.sh"), release.resolve(".mvn/find-jdk.sh"));
    Files.writeString(release.resolve("tangram.jar"), "");
    assertThat(release.resolve("tangram").toFile().setExecutable(true)).isTrue();
    Path java = Files.createDirectories(folder.resolve("a jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nfor word in \"$@\"; do echo \"<$word>\"; done\nexit 7\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(folder.resolve("a jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
    return release;
  }

  private List<String> start(Path script, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", folder.resolve("a jdk").toString());
    builder.environment().put("TANGRAM_JAVA_OPTS", "-Xmx1g -Dx=y");
    builder.environment().put("TANGRAM_AOT", cache);
    Process process = builder.start();
    process.getOutputStream().close();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s", lines).isEqualTo(7);
    return lines;
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void wordsReachTheJvmUnchangedThroughLinks() throws Exception {
    Path release = release();
    Path link = Files.createSymbolicLink(folder.resolve("t1"), Path.of("a release/tangram"));
    Path second = Files.createSymbolicLink(folder.resolve("t2"), link);

    List<String> lines = start(second, "run", "two words", "", "*", "--x=$y");

    assertThat(lines)
        .endsWith(
            "<-Xmx1g>",
            "<-Dx=y>",
            "<-jar>",
            "<" + release.toRealPath().resolve("tangram.jar") + ">",
            "<run>",
            "<two words>",
            "<>",
            "<*>",
            "<--x=$y>");
    assertThat(lines).containsAll(Relaunch.FLAGS.stream().map(flag -> "<" + flag + ">").toList());
    assertThat(lines).contains("<-Dtangram.terminals=>");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onlyCommandsThatComputeGetTheVectorApi() throws Exception {
    Path script = release().resolve("tangram");

    for (String command : List.of("list", "pull", "version", "ps")) {
      assertThat(start(script, command, "x", "run"))
          .as(command)
          .noneMatch(line -> line.contains("incubator"));
    }
    for (String command : Relaunch.COMPUTING) {
      assertThat(start(script, command))
          .as(command)
          .contains("<--add-modules=jdk.incubator.vector>");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theStartUpCacheIsUsedWhileItIsNewerThanTheJar() throws Exception {
    cache = "on";
    Path release = release();
    Path made = Files.writeString(release.resolve("tangram-25.0.3.aot"), "");
    Files.setLastModifiedTime(release.resolve("tangram.jar"), FileTime.fromMillis(1_000_000));
    Files.setLastModifiedTime(made, FileTime.fromMillis(2_000_000));

    assertThat(start(release.resolve("tangram"), "run"))
        .contains("<-XX:AOTCache=" + made.toRealPath() + ">", "<-Xlog:aot=off>");
    assertThat(start(release.resolve("tangram"), "list"))
        .noneMatch(line -> line.contains("AOTCache"));

    Files.setLastModifiedTime(release.resolve("tangram.jar"), FileTime.fromMillis(3_000_000));
    assertThat(start(release.resolve("tangram"), "run"))
        .noneMatch(line -> line.contains("AOTCache"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theStartUpCacheIsTriedOnceForEachJar() throws Exception {
    cache = "on";
    Path release = release();
    Path tried = release.resolve("tangram-25.0.3.aot.tried");
    Files.setLastModifiedTime(release.resolve("tangram.jar"), FileTime.fromMillis(1_000_000));

    start(release.resolve("tangram"), "list");
    assertThat(tried).doesNotExist();
    start(release.resolve("tangram"), "run");
    assertThat(tried).exists();
    FileTime first = Files.getLastModifiedTime(tried);
    start(release.resolve("tangram"), "run");
    assertThat(Files.getLastModifiedTime(tried)).isEqualTo(first);
  }

  /** A checkout whose jar is older than its sources, and stays so, as an equal jar does. */
  private Path checkout() throws IOException {
    Path checkout = release();
    Files.delete(checkout.resolve("tangram.jar"));
    Path jar =
        Files.writeString(
            Files.createDirectories(checkout.resolve("cli/target")).resolve("tangram.jar"), "");
    Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000));
    for (String source : List.of("pom.xml", "cli/src/main/A.java", "lab/src/main/B.java")) {
      Path file = checkout.resolve(source);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
      Files.setLastModifiedTime(file, FileTime.fromMillis(2_000_000));
    }
    Path maven = Files.writeString(checkout.resolve("mvnw"), "#!/bin/sh\nexit 0\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    Path compiler = Files.writeString(folder.resolve("a jdk/bin/javac"), "#!/bin/sh\n");
    assertThat(compiler.toFile().setExecutable(true)).isTrue();
    return checkout;
  }

  private boolean builds(Path checkout) throws Exception {
    return start(checkout.resolve("tangram"), "list").getFirst().startsWith("building");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aCheckoutIsBuiltOnceForEachChangeOfItsSources() throws Exception {
    Path checkout = checkout();
    FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 60_000);

    assertThat(builds(checkout)).isTrue();
    assertThat(builds(checkout)).isFalse();
    // The lab is not in the jar.
    Files.setLastModifiedTime(checkout.resolve("lab/src/main/B.java"), later);
    assertThat(builds(checkout)).isFalse();
    Files.setLastModifiedTime(checkout.resolve("cli/src/main/A.java"), later);
    assertThat(builds(checkout)).isTrue();
  }
}
