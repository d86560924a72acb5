package dev.tangram.cli;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.Generation;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.ModelUse;
import dev.tangram.engine.Prompts;
import dev.tangram.engine.Readout;
import dev.tangram.engine.Submission;
import dev.tangram.schedule.CacheScope;
import dev.tangram.server.store.ModelStore;
import dev.tangram.server.store.StoredModel;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tangram embed MODEL TEXT...}. */
@Command(
    name = "embed",
    description = "Turn texts into vectors.",
    footer = {
      "",
      "Prints one line for each text: a JSON array of numbers, of length 1 as a vector.",
      "  tangram embed all-minilm \"a text\" \"another\""
    })
final class EmbedCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(index = "0", paramLabel = "MODEL", description = "An embedding model.")
  private String model;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = "What to embed.")
  private List<String> texts = new ArrayList<>();

  @Mixin private EngineFlags engine;

  EmbedCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    EngineOptions opening = engine.options(surroundings.env());
    ModelStore store = surroundings.store();
    StoredModel stored = Pulling.ensure(store, ModelNames.parse(model), surroundings.screen());
    try (Engine opened = Loading.open(surroundings, stored, opening)) {
      if (opened.use() != ModelUse.EMBED) {
        throw Failure.failed("%s is %s: it makes no vectors", stored.name(), opened.use().words());
      }
      for (String text : texts) {
        print(surroundings.screen().out(), embed(opened, text));
      }
    }
    return 0;
  }

  private static float[] embed(Engine engine, String text) throws InterruptedException {
    int[] ids = Prompts.embedding(engine, text);
    var request = GenerationRequest.reading(ids, Readout.EMBEDDING, CacheScope.LOCAL);
    Generation generation =
        switch (engine.submit(request)) {
          case Submission.Admitted admitted -> admitted.generation();
          case Submission.Refused refused ->
              throw Failure.failed("%s", refused.rejection().message());
        };
    Generation.Event event = generation.next();
    while (!(event instanceof Generation.Finished)) {
      event = generation.next();
    }
    Generation.Finished finished = (Generation.Finished) event;
    if (finished.values() == null) {
      throw Failure.failed("the engine failed: %s", finished.error());
    }
    return finished.values();
  }

  private static void print(PrintStream out, float[] vector) {
    StringBuilder line = new StringBuilder("[");
    for (float value : vector) {
      line.append(line.length() > 1 ? "," : "").append(value);
    }
    out.println(line.append(']'));
  }
}
