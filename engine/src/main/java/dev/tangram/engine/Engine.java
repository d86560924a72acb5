package dev.tangram.engine;

import dev.tangram.engine.encoder.EncoderConfig;
import dev.tangram.engine.prompt.ChatTemplate;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.kernel.Selection;
import dev.tangram.schedule.CacheScope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One model that answers.
 *
 * <p>Threads: all methods may be called by any thread; the work is done by one step-loop thread
 * that this engine owns.
 */
public interface Engine extends AutoCloseable {
  /**
   * Opens a model file or folder with settings chosen for this machine.
   *
   * @throws dev.tangram.engine.file.ModelFormatException if the file cannot be used
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  static Engine open(Path file) {
    return open(file, EngineOptions.DEFAULT);
  }

  /** As {@link #open(Path)}, with settings. */
  static Engine open(Path file, EngineOptions options) {
    return EncoderConfig.describes(file)
        ? EncoderEngine.open(file, options)
        : LocalEngine.open(file, options);
  }

  /**
   * Does ahead of time what opening any model needs and takes a good part of a second in a young
   * process. Any thread, beside anything else.
   */
  static void prepare() {
    Selection.prepare();
  }

  /**
   * Answers one user message, with at most 1,024 tokens. As {@link #chat(List, int,
   * SamplingOptions)}.
   */
  default Generation chat(String message) {
    return chat(List.of(Message.user(message)), 1024, SamplingOptions.GREEDY);
  }

  /**
   * Answers a chat.
   *
   * @param tokensMax most tokens to make; cut to what is left of the context
   * @throws RefusedException if the engine cannot take it now, or the chat is too long
   * @throws dev.tangram.engine.prompt.TemplateException if the model has no chat template or its
   *     template refuses
   */
  default Generation chat(List<Message> messages, int tokensMax, SamplingOptions sampling) {
    int[] prompt =
        Prompts.chat(this, messages.stream().map(Message::asMap).toList(), List.of(), Map.of())
            .ids();
    int room = Math.max(card().contextLength() - prompt.length, 1);
    GenerationRequest request =
        new GenerationRequest(
            prompt,
            Math.min(tokensMax, room),
            sampling,
            List.of(),
            -1,
            -1,
            false,
            CacheScope.LOCAL);
    return switch (submit(request)) {
      case Submission.Admitted admitted -> admitted.generation();
      case Submission.Refused refused -> throw new RefusedException(refused.rejection());
    };
  }

  ModelCard card();

  /** What this model answers. */
  default ModelUse use() {
    return ModelUse.GENERATE;
  }

  /** Empty for files that carry no tokenizer: such a model takes and gives ids only. */
  Optional<Tokenizer> tokenizer();

  /** Empty for base models, which have no chat template. */
  Optional<ChatTemplate> chatTemplate();

  /**
   * Takes a request or refuses it, at once.
   *
   * @throws IllegalArgumentException if a prompt id is outside the vocabulary, or the request is
   *     not of this model's {@link #use}
   */
  Submission submit(GenerationRequest request);

  EngineStats stats();

  /**
   * Refuses new requests and waits until the running ones ended or the time is over. True if all
   * ended.
   */
  boolean drain(Duration most);

  /** Cancels what runs and frees all memory. */
  @Override
  void close();
}
