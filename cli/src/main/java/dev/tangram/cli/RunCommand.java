package dev.tangram.cli;

import dev.tangram.cli.chat.Conversation;
import dev.tangram.cli.chat.ReplyOptions;
import dev.tangram.cli.text.Screen;
import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.server.store.ModelReference;
import dev.tangram.server.store.ModelStore;
import dev.tangram.server.store.StoredModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tangram run [MODEL] [PROMPT]}. */
@Command(
    name = "run",
    description = "Chat with a model, or have one prompt answered.",
    footer = {
      "",
      "Without a prompt, on a terminal: a chat. With a prompt: one answer. Standard input that is no terminal is put"
          + " before the prompt, and standard output gets the answer and nothing else:",
      "  git diff | tangram run \"write a commit message\" > msg",
      "",
      "The first word is the model if another word follows and it contains no space. A single word is a model if it is"
          + " known, if it contains ':' or '/', or if standard input is a terminal; else it is a prompt for "
          + PromptRule.MODEL_DEFAULT
          + ". A missing model is downloaded first."
    })
final class RunCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(arity = "0..*", paramLabel = "WORD", description = "[MODEL] [PROMPT]; see below.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "Instruction before the conversation.")
  private String system = "";

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 (the likeliest token each time) to 2.")
  private float temperature = ReplyOptions.DEFAULT.temperature();

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Draw from the likeliest tokens that sum to P.")
  private float topP = ReplyOptions.DEFAULT.topP();

  @Option(names = "--seed", paramLabel = "N", description = "The same seed gives the same text.")
  private Long seed;

  @Option(names = "--max-tokens", paramLabel = "N", description = "Most tokens of an answer.")
  private int tokensMax;

  @Option(
      names = "--think",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Whether a model that can shall reason before it answers (--think=false: not).")
  private Boolean think;

  @Option(
      names = {"-q", "--quiet"},
      description = "No notices on standard error.")
  private boolean quiet;

  @Mixin private EngineFlags engine;

  RunCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    Screen screen = surroundings.screen();
    // All that can be wrong with the words is told before anything is fetched or loaded.
    ReplyOptions replies = replyOptions();
    EngineOptions opening = engine.options(surroundings.env());
    ModelStore store = surroundings.store();
    PromptRule rule =
        PromptRule.of(words, screen.inTerminal(), reference -> isStored(store, reference));
    boolean chat = rule.prompt().isEmpty() && screen.inTerminal();
    if (chat && !screen.outTerminal()) {
      throw Failure.usage(
          "there is no prompt, and a chat needs a terminal; try: tangram run \"PROMPT\" > file");
    }
    PipedInput input = PipedInput.of(screen);
    if (!chat && rule.prompt().isEmpty() && input.isSurelyEmpty()) {
      throw FilterMode.noPrompt();
    }
    StoredModel model = Pulling.ensure(store, rule.model(), screen);
    if (chat) {
      try (ChatMode mode = new ChatMode(surroundings);
          Engine opened = Loading.text(surroundings, model, opening)) {
        return mode.run(model.name(), new Conversation(opened, replies));
      }
    }
    try (Engine opened = Loading.text(surroundings, model, opening)) {
      return new FilterMode(screen, new Conversation(opened, replies), quiet)
          .run(input, rule.prompt());
    }
  }

  private ReplyOptions replyOptions() {
    try {
      ReplyOptions options =
          ReplyOptions.DEFAULT
              .withSystem(system)
              .withTemperature(temperature)
              .withTopP(topP)
              .withTokensMax(tokensMax)
              .withThink(think);
      return seed == null ? options : options.withSeed(seed);
    } catch (IllegalArgumentException e) {
      throw Failure.usage(e);
    }
  }

  private static boolean isStored(ModelStore store, ModelReference reference) {
    try {
      return store.find(reference).isPresent();
    } catch (IOException e) {
      return false;
    }
  }
}
