package dev.tangram.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The shell functions that find a JDK, on pretended machines. */
@DisabledOnOs(OS.WINDOWS)
class FindJdkTest {
  @TempDir private Path machine;

  private Path home;
  private Path bin;

  @BeforeEach
  void aMachineWithoutJdk() throws IOException {
    home = Files.createDirectories(machine.resolve("home"));
    bin = Files.createDirectories(machine.resolve("bin"));
  }

  private record Found(int exitCode, String out, String err) {}

  private Found find(String javaHome, String want) throws Exception {
    Path script = Repository.root().resolve(".mvn/find-jdk.sh");
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            "set -eu; . '%s'; if find_jdk %s; then echo \"$JDK\"; else no_jdk; fi"
                .formatted(script, want));
    builder.environment().clear();
    builder.environment().put("HOME", home.toString());
    builder.environment().put("PATH", bin + ":" + tools());
    builder.environment().put("TANGRAM_JDK_ROOT", machine.toString());
    if (javaHome != null) {
      builder.environment().put("JAVA_HOME", javaHome);
    }
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Found(process.exitValue(), out, err);
  }

  /** A folder with the one tool that the functions use, and no java. */
  private Path tools() throws IOException {
    Path folder = Files.createDirectories(machine.resolve("tools"));
    Path link = folder.resolve("readlink");
    if (!Files.exists(link)) {
      String real =
          Files.exists(Path.of("/usr/bin/readlink")) ? "/usr/bin/readlink" : "/bin/readlink";
      Files.writeString(link, "#!/bin/sh\nexec " + real + " \"$@\"\n");
      assertThat(link.toFile().setExecutable(true)).isTrue();
    }
    return folder;
  }

  private Path jdk(String place, String version, boolean compiler) throws IOException {
    Path jdk = machine.resolve(place);
    Files.createDirectories(jdk.resolve("bin"));
    program(jdk.resolve("bin/java"), version);
    if (compiler) {
      program(jdk.resolve("bin/javac"), version);
    }
    Files.writeString(
        jdk.resolve("release"),
        "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"%s\"\nMODULES=\"x\"\n".formatted(version));
    return jdk;
  }

  private static void program(Path file, String version) throws IOException {
    Files.writeString(
        file, "#!/bin/sh\necho 'openjdk version \"%s\" 2026-01-01' >&2\n".formatted(version));
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void javaHomeWinsIfItIsNewEnough() throws Exception {
    Path named = jdk("elsewhere/jdk", "26.0.1", true);
    jdk("usr/lib/jvm/temurin-25", "25.0.3", true);

    assertThat(find(named.toString(), "").out()).isEqualTo(named.toString());
  }

  @Test
  void anOldJavaHomeIsPassedOver() throws Exception {
    Path old = jdk("elsewhere/jdk", "17.0.15", true);
    Path installed = jdk("usr/lib/jvm/temurin-25", "25", true);

    assertThat(find(old.toString(), "").out()).isEqualTo(installed.toString());
    assertThat(find(machine.resolve("gone").toString(), "").out()).isEqualTo(installed.toString());
  }

  @Test
  void theJavaInPathIsFollowedThroughItsLinks() throws Exception {
    Path real = jdk("opt/some/jdk-25", "25.0.1", true);
    Files.createSymbolicLink(machine.resolve("alternative"), real.resolve("bin/java"));
    Files.createSymbolicLink(bin.resolve("java"), Path.of("../alternative"));

    assertThat(find(null, "").out()).isEqualTo(real.toString());
  }

  @Test
  void anOldJavaInPathIsPassedOver() throws Exception {
    Files.createSymbolicLink(
        bin.resolve("java"), jdk("usr/lib/jvm/java-17", "17.0.15", true).resolve("bin/java"));
    Path installed = jdk("home/.sdkman/candidates/java/25.0.1-tem", "25.0.1", true);

    assertThat(find(null, "").out()).isEqualTo(installed.toString());
  }

  @Test
  void ofSeveralTheOldestThatWillDoIsTaken() throws Exception {
    jdk("usr/lib/jvm/a-26", "26", true);
    Path tested = jdk("usr/lib/jvm/b-25", "25.0.2", true);
    jdk("usr/lib/jvm/c-24", "24.0.2", true);
    jdk("opt/jdk-27", "27-ea", true);

    assertThat(find(null, "").out()).isEqualTo(tested.toString());
  }

  @Test
  void aBuildNeedsACompiler() throws Exception {
    Path runtime = jdk("usr/lib/jvm/jre-25", "25", false);
    Path whole = jdk("Library/Java/JavaVirtualMachines/temurin-26.jdk/Contents/Home", "26", true);

    assertThat(find(null, "").out()).isEqualTo(runtime.toString());
    assertThat(find(null, "javac").out()).isEqualTo(whole.toString());
  }

  @Test
  void aFolderWithSpacesAndNoReleaseFileWillDo() throws Exception {
    Path jdk = jdk("elsewhere/my jdk", "25.0.1", true);
    Files.delete(jdk.resolve("release"));

    assertThat(find(jdk.toString(), "").out()).isEqualTo(jdk.toString());
  }

  @Test
  void whereThereIsNoneOneLineSaysWhatToInstall() throws Exception {
    Found found = find(null, "");

    assertThat(found.exitCode()).isEqualTo(2);
    assertThat(found.err())
        .isEqualTo(
            "Tangram needs JDK 25 or newer, and none was found: install Temurin 25 from https://adoptium.net (or set JAVA_HOME).");
  }

  @Test
  void anOldOneIsNamed() throws Exception {
    Files.createSymbolicLink(
        bin.resolve("java"), jdk("usr/lib/jvm/java-17", "17.0.15", true).resolve("bin/java"));

    assertThat(find(null, "").err())
        .startsWith("Tangram needs JDK 25 or newer, and " + bin + "/java is older:")
        .hasLineCount(1);
  }
}
