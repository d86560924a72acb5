package dev.tangram.cli.chat;

import dev.tangram.engine.ChatPrompt;
import dev.tangram.engine.Engine;
import dev.tangram.engine.Generation;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.Message;
import dev.tangram.engine.Prompts;
import dev.tangram.engine.Submission;
import dev.tangram.engine.reply.ReplyParser;
import dev.tangram.engine.reply.ReplyPart;
import dev.tangram.engine.reply.Thinking;
import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.FinishReason;
import dev.tangram.schedule.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Turns with one engine. All of them are sent each time: the prefix cache makes the earlier ones
 * cheap. When they no longer fit the context, the oldest are left out.
 *
 * <p>Threads: {@link #cancel} by any, all else by one.
 */
public final class Conversation {
  private final Engine engine;
  private final List<Message> turns = new ArrayList<>();
  private ReplyOptions options;
  private volatile Generation running;
  private volatile boolean cancelled;
  private Thinking thinking = Thinking.NONE;

  /**
   * @throws IllegalArgumentException if the model has no tokenizer
   */
  public Conversation(Engine engine, ReplyOptions options) {
    this.engine = engine;
    this.options = options;
    if (engine.tokenizer().isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no tokenizer: it cannot read text (tangram logits takes ids)"
              .formatted(engine.card().name()));
    }
  }

  /** False for a base model: each text is continued on its own, and no turn is kept. */
  public boolean isChat() {
    return engine.chatTemplate().isPresent();
  }

  public ReplyOptions options() {
    return options;
  }

  public void options(ReplyOptions value) {
    options = value;
  }

  public Engine engine() {
    return engine;
  }

  public void clear() {
    turns.clear();
  }

  /** Stops the reply that is being made, if there is one. */
  public void cancel() {
    cancelled = true;
    Generation now = running;
    if (now != null) {
      now.cancel();
    }
  }

  /**
   * Says something and waits for the end of the reply.
   *
   * @param shown gets the reply piece by piece, complete characters only, reasoning apart from the
   *     answer
   * @throws IllegalArgumentException if the text alone does not fit the context, or the engine
   *     takes no requests now; the text is not kept then
   */
  public Reply say(String text, Consumer<ReplyPart> shown) throws InterruptedException {
    cancelled = false;
    List<Message> asked = new ArrayList<>(isChat() ? turns : List.of());
    asked.add(Message.user(text));
    int before = asked.size();
    running = submit(asked);
    try {
      if (cancelled) {
        running.cancel();
      }
      StringBuilder whole = new StringBuilder();
      Generation.Finished end =
          drain(
              running,
              part -> {
                if (part.kind() == ReplyPart.Kind.CONTENT) {
                  whole.append(part.text());
                }
                shown.accept(part);
              });
      if (isChat() && end.reason() != FinishReason.ERROR) {
        turns.clear();
        turns.addAll(asked);
        turns.add(Message.assistant(whole.toString()));
      }
      return new Reply(end.reason(), end.usage(), before - asked.size(), end.error());
    } finally {
      running = null;
    }
  }

  /** Submits, and takes the oldest turns out of {@code asked} until it fits. */
  private Generation submit(List<Message> asked) {
    while (true) {
      ChatPrompt read = prompt(asked);
      thinking = read.thinking();
      int[] prompt = read.ids();
      int room = engine.card().contextLength() - prompt.length;
      int most = Math.max(1, options.tokensMax() == 0 ? room : Math.min(room, options.tokensMax()));
      var request =
          new GenerationRequest(
              prompt, most, options.sampling(), List.of(), -1, -1, false, CacheScope.LOCAL);
      // The engine is the judge of what fits; this only saves it the question when the answer is
      // known.
      Rejection refused =
          new Rejection.PromptTooLong(prompt.length, most, engine.card().contextLength());
      if (room > 0) {
        switch (engine.submit(request)) {
          case Submission.Admitted admitted -> {
            return admitted.generation();
          }
          case Submission.Refused(Rejection rejection) -> refused = rejection;
        }
      }
      if (!(refused instanceof Rejection.PromptTooLong) || asked.size() == 1) {
        throw new IllegalArgumentException(refused.message());
      }
      // A question goes together with its answer.
      asked.subList(0, Math.min(2, asked.size() - 1)).clear();
    }
  }

  private ChatPrompt prompt(List<Message> asked) {
    if (!isChat()) {
      return new ChatPrompt(Prompts.text(engine, asked.getLast().content()), Thinking.NONE);
    }
    List<Map<String, Object>> all = new ArrayList<>();
    if (!options.system().isEmpty()) {
      all.add(Message.system(options.system()).asMap());
    }
    asked.forEach(message -> all.add(message.asMap()));
    return Prompts.chat(engine, all, List.of(), options.templateValues());
  }

  private Generation.Finished drain(Generation generation, Consumer<ReplyPart> shown)
      throws InterruptedException {
    ReplyParser parser = new ReplyParser(thinking);
    while (true) {
      switch (generation.next()) {
        case Generation.PromptScores _ -> {}
        case Generation.Delta delta -> parser.feed(delta.text()).forEach(shown);
        case Generation.Finished end -> {
          parser.feed(end.text()).forEach(shown);
          parser.finish().forEach(shown);
          return end;
        }
      }
    }
  }
}
