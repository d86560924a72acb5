package dev.tangram.lab.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** llama.cpp in a Node process, from npm's node-llama-cpp with its prebuilt binary for this CPU. */
final class LlamaCpp implements Contender {
  private static final String VERSION = "3.22.1";

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter orders;

  private LlamaCpp(Process process) {
    this.process = process;
    this.answers = process.inputReader();
    this.orders = process.outputWriter();
  }

  /** Installs the package below {@code folder} once, and starts it on a file. */
  static LlamaCpp start(Path folder, Path file, Sizes sizes)
      throws IOException, InterruptedException {
    if (!Files.isDirectory(folder.resolve("node_modules/node-llama-cpp"))) {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("package.json"), "{\"private\": true}\n");
      run(
          folder,
          List.of("npm", "install", "--silent", "--ignore-scripts", "node-llama-cpp@" + VERSION));
    }
    Path script = folder.resolve("llama-cpp.mjs");
    try (InputStream in = LlamaCpp.class.getResourceAsStream("llama-cpp.mjs")) {
      Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
    }
    Process process =
        new ProcessBuilder(
                "node",
                script.toString(),
                folder.toString(),
                file.toString(),
                Integer.toString(sizes.threads()),
                Integer.toString(sizes.promptTokens()),
                Integer.toString(sizes.decodeTokens()),
                Integer.toString(sizes.batch()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    LlamaCpp peer = new LlamaCpp(process);
    peer.answer();
    return peer;
  }

  private static void run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    int code = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + code);
    }
  }

  @Override
  public String name() {
    return "llama.cpp (npm node-llama-cpp " + VERSION + ")";
  }

  @Override
  public double measure(Work work) {
    try {
      orders.write(work.word() + "\n");
      orders.flush();
      return answer().get("tokensPerSecond").asDouble();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("llama.cpp's process ended");
    }
    return new ObjectMapper().readTree(line);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
