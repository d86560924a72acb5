package dev.tangram.engine;

import dev.tangram.engine.prompt.ChatTemplate;
import dev.tangram.engine.token.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * One model that answers.
 *
 * <p>Threads: all methods may be called by any thread; the work is done by one step-loop thread that this engine owns.
 */
public interface Engine extends AutoCloseable {
  /**
   * Opens a GGUF file with settings chosen for this machine.
   *
   * @throws dev.tangram.engine.file.ModelFormatException if the file cannot be used
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  static Engine open(Path file) {
    return open(file, EngineOptions.DEFAULT);
  }

  /** As {@link #open(Path)}, with settings. */
  static Engine open(Path file, EngineOptions options) {
    throw new UnsupportedOperationException("arrives with the step loop");
  }

  ModelCard card();

  /** Empty for files that carry no tokenizer: such a model takes and gives ids only. */
  Optional<Tokenizer> tokenizer();

  /** Empty for base models, which have no chat template. */
  Optional<ChatTemplate> chatTemplate();

  /**
   * Takes a request or refuses it, at once.
   *
   * @throws IllegalArgumentException if a prompt id is outside the vocabulary
   */
  Submission submit(GenerationRequest request);

  EngineStats stats();

  /** Refuses new requests and waits until the running ones ended or the time is over. True if all ended. */
  boolean drain(Duration most);

  /** Cancels what runs and frees all memory. */
  @Override
  void close();
}
