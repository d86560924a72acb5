package dev.tangram.lab.peer;

import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.quantize.Mix;
import dev.tangram.engine.quantize.Quantization;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Jlama, the other engine in Java, in a process of its own. It reads folders of safetensors, so a
 * GGUF file's weights are written as one, and it rounds them to its Q4 as it loads them; this
 * engine gets the same weights as Q4_0.
 */
final class Jlama {
  private static final String VERSION = "0.8.4";

  private static final String POM =
      """
      <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
        <groupId>peer</groupId><artifactId>jlama</artifactId><version>1</version>
        <dependencies>
          <dependency><groupId>com.github.tjake</groupId><artifactId>jlama-core</artifactId>
            <version>%1$s</version></dependency>
          <dependency><groupId>com.github.tjake</groupId><artifactId>jlama-native</artifactId>
            <version>%1$s</version><classifier>linux-x86_64</classifier></dependency>
        </dependencies></project>
      """
          .formatted(VERSION);

  /** Where the two engines find the same weights. */
  record Weights(Path checkpoint, Path q4) {}

  private Jlama() {}

  /** Writes what the two need below {@code folder}, once. */
  static Weights weights(Path folder, Path file) throws IOException {
    String name = file.getFileName().toString().replace(".gguf", "");
    Path checkpoint = folder.resolve("jlama").resolve(name);
    try (ModelFile model = ModelFiles.open(file)) {
      Checkpoint.write(model, checkpoint);
    }
    Path q4 = checkpoint.resolveSibling(name + "-q4_0.gguf");
    if (!Files.exists(q4)) {
      try (ModelFile model = ModelFiles.open(checkpoint);
          Workers workers = new Workers(2)) {
        Quantization.run(model, q4, Mix.of("q4_0"), false, workers, bytes -> {});
      }
    }
    return new Weights(checkpoint, q4);
  }

  /** Fetches the package below {@code folder} once, and starts it. */
  static Contender start(Path folder, Path checkpoint, Sizes sizes)
      throws IOException, InterruptedException {
    Path home = folder.resolve("jlama");
    Path classpath = home.resolve("classpath");
    if (!Files.exists(classpath)) {
      Files.writeString(home.resolve("pom.xml"), POM);
      PeerProcess.run(
          home,
          List.of(
              "mvn",
              "-q",
              "-B",
              "dependency:build-classpath",
              "-Dmdep.includeScope=runtime",
              "-Dmdep.outputFile=" + classpath));
    }
    return new PeerProcess(
        "Jlama " + VERSION + " (native)",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx4g",
            "-cp",
            Files.readString(classpath).strip(),
            PeerProcess.script("JlamaPeer.java", home).toString(),
            checkpoint.toString(),
            Integer.toString(sizes.threads()),
            Integer.toString(sizes.promptTokens()),
            Integer.toString(sizes.decodeTokens())));
  }
}
