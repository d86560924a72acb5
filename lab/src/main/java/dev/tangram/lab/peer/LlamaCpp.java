package dev.tangram.lab.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** llama.cpp in a Node process, from npm's node-llama-cpp with its prebuilt binary for this CPU. */
final class LlamaCpp {
  private static final String VERSION = "3.22.1";

  private LlamaCpp() {}

  /** Installs the package below {@code folder} once, and starts it on a file. */
  static Contender start(Path folder, Path file, Sizes sizes)
      throws IOException, InterruptedException {
    if (!Files.isDirectory(folder.resolve("node_modules/node-llama-cpp"))) {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("package.json"), "{\"private\": true}\n");
      PeerProcess.run(
          folder,
          List.of("npm", "install", "--silent", "--ignore-scripts", "node-llama-cpp@" + VERSION));
    }
    return new PeerProcess(
        "llama.cpp (npm node-llama-cpp " + VERSION + ")",
        List.of(
            "node",
            PeerProcess.script("llama-cpp.mjs", folder).toString(),
            folder.toString(),
            file.toString(),
            Integer.toString(sizes.threads()),
            Integer.toString(sizes.promptTokens()),
            Integer.toString(sizes.decodeTokens()),
            Integer.toString(sizes.batch()),
            Integer.toString(sizes.depth()),
            Boolean.toString(sizes.flashAttention())));
  }
}
