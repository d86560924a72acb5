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

/** A peer in a process of its own, which answers each line with one of JSON. */
final class PeerProcess implements Contender {
  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter orders;

  /** Starts it and waits until it says that its model is loaded. */
  PeerProcess(String name, List<String> command) throws IOException {
    this.name = name;
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    answers = process.inputReader();
    orders = process.outputWriter();
    answer();
  }

  /** Runs a command that prepares a peer, such as its installation. */
  static void run(Path folder, List<String> command) throws IOException, InterruptedException {
    int code = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + code);
    }
  }

  /** Copies a script of this package to a folder. */
  static Path script(String name, Path folder) throws IOException {
    Path script = folder.resolve(name);
    try (InputStream in = PeerProcess.class.getResourceAsStream(name)) {
      Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
    }
    return script;
  }

  @Override
  public String name() {
    return name;
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
      throw new IOException(name + ": its process ended");
    }
    return new ObjectMapper().readTree(line);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
