package dev.tangram.schedule;

/** An expected refusal, decided at once. Each has a stable code that is counted in a metric. */
public sealed interface Rejection {
  /** Stable, lower snake case. */
  String code();

  /** One sentence for the client. */
  String message();

  /**
   * The waiting line is full; {@code retryAfterSeconds} is the estimated time until a place is
   * free, at least 1.
   */
  record QueueFull(int waiting, int waitingMax, int retryAfterSeconds) implements Rejection {
    @Override
    public String code() {
      return "queue_full";
    }

    @Override
    public String message() {
      return "The server is at capacity: %d requests are waiting, at most %d may. Retry in %d s."
          .formatted(waiting, waitingMax, retryAfterSeconds);
    }
  }

  /** Prompt and the tokens asked for do not fit the context. */
  record PromptTooLong(int promptTokens, int maxTokens, int contextTokensMax) implements Rejection {
    @Override
    public String code() {
      return "context_length_exceeded";
    }

    @Override
    public String message() {
      return "This model's maximum context length is %d tokens. However, you requested %d tokens (%d in the prompt, %d for the completion)."
          .formatted(contextTokensMax, (long) promptTokens + maxTokens, promptTokens, maxTokens);
    }
  }

  /** The engine is shutting down. */
  record Draining() implements Rejection {
    @Override
    public String code() {
      return "draining";
    }

    @Override
    public String message() {
      return "The server is shutting down and takes no new requests.";
    }
  }
}
