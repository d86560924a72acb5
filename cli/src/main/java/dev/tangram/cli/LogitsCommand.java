package dev.tangram.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.model.LogitsProbe;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.model.Models;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import dev.tangram.server.store.StoredModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tangram logits MODEL --ids 1,2,3}. */
@Command(
    name = "logits",
    description = "Print a model's raw logits as JSON; files without a tokenizer will do.",
    footer = {
      "",
      "Prints {\"model\", \"kernels\", \"vocabulary\", \"ids\", \"logits\": [{\"position\", \"values\"}, ...]}: at each"
          + " position, the logits of the token after it."
    })
final class LogitsCommand implements Callable<Integer> {
  private static final String LAST = "last";
  private static final int STEP_TOKENS_MAX = 256;
  private static final int LOGIT_ROWS_MAX = 32;

  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "MODEL",
      description = "A model on this machine, ./file.gguf or ./folder.")
  private String model;

  @Option(
      names = "--ids",
      required = true,
      split = ",",
      paramLabel = "ID",
      description = "Token ids, the whole prompt.")
  private int[] ids = {};

  @Option(
      names = "--positions",
      split = ",",
      paramLabel = "POSITION",
      description = "Positions from 0, or last (default: last).")
  private List<String> positions = List.of(LAST);

  @Mixin private EngineFlags engine;

  LogitsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    int[] wanted = positions(positions, ids.length);
    EngineOptions options = engine.options(surroundings.env());
    StoredModel stored = surroundings.store().resolve(ModelNames.parse(model));
    int threads =
        options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
    try (Workers workers = new Workers(threads);
        ModelFile file = ModelFiles.open(stored.file())) {
      Selection selection = Selection.choose(options.kernels(), workers);
      try (Model opened = Models.open(file, selection.kernels(), STEP_TOKENS_MAX, LOGIT_ROWS_MAX)) {
        Map<Integer, float[]> rows =
            LogitsProbe.logits(
                opened, ids, wanted, STEP_TOKENS_MAX, LOGIT_ROWS_MAX, options.kvType());
        write(stored.name(), selection.kernels().tier(), opened.shape().vocabulary(), rows);
      }
    }
    return 0;
  }

  /**
   * @throws Failure if one is no number and not {@code last}, or outside the ids
   */
  static int[] positions(List<String> texts, int count) {
    List<Integer> found = new ArrayList<>();
    for (String text : texts) {
      int position;
      try {
        position = text.equals(LAST) ? count - 1 : Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw Failure.usage("--positions: found \"%s\", allowed: numbers and last", text);
      }
      if (position < 0 || position >= count) {
        throw Failure.usage("--positions: found %d, allowed: 0 to %d", position, count - 1);
      }
      found.add(position);
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  private void write(String name, String tier, int vocabulary, Map<Integer, float[]> rows)
      throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(surroundings.screen().out())) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.writeStartObject();
      json.writeStringField("model", name);
      json.writeStringField("kernels", tier);
      json.writeNumberField("vocabulary", vocabulary);
      json.writeFieldName("ids");
      json.writeArray(ids, 0, ids.length);
      json.writeArrayFieldStart("logits");
      for (Map.Entry<Integer, float[]> row : rows.entrySet()) {
        json.writeStartObject();
        json.writeNumberField("position", row.getKey());
        json.writeArrayFieldStart("values");
        for (float value : row.getValue()) {
          json.writeNumber(value);
        }
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }
}
