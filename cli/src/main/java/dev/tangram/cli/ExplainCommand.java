package dev.tangram.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tangram explain}. */
@Command(
    name = "explain",
    description = {
      "Tell why a demand of a plan runs where it runs, and what lost.",
      "The plan is what tangram plan --json printed."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final long BYTES_MAX = 256L << 20;

  private final Surroundings surroundings;

  @Parameters(index = "0", paramLabel = "PLAN.json", description = "From tangram plan --json.")
  private Path file;

  @Parameters(index = "1", paramLabel = "DEMAND-NAME", description = "One of its demands.")
  private String name;

  ExplainCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    if (Files.size(file) > BYTES_MAX) {
      throw Failure.failed(
          "%s: found %d bytes, allowed: at most %d", file, Files.size(file), BYTES_MAX);
    }
    JsonNode root = read();
    JsonNode demands = root.path("plan").path("demands");
    if (!demands.isArray()) {
      throw Failure.failed(
          "%s: plan.demands: found no list, allowed: what tangram plan --json prints", file);
    }
    StringBuilder text = new StringBuilder();
    List<String> names = new ArrayList<>();
    for (JsonNode demand : demands) {
      names.add(demand.path("name").asText());
      if (demand.path("name").asText().equals(name)) {
        served(text, demand);
      }
    }
    for (JsonNode demand : root.path("broken")) {
      names.add(demand.path("name").asText());
      if (demand.path("name").asText().equals(name)) {
        broken(text, demand);
      }
    }
    if (text.isEmpty()) {
      throw Failure.failed("%s has no demand %s, only: %s", file, name, String.join(", ", names));
    }
    surroundings.screen().out().print(text);
    return 0;
  }

  private JsonNode read() throws Exception {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw Failure.failed(
          e,
          "%s, line %d: found no JSON (%s), allowed: what tangram plan --json prints",
          file,
          e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr()),
          e.getOriginalMessage());
    }
  }

  private static void served(StringBuilder text, JsonNode demand) {
    text.append(
        "%s (%s) for %s\n"
            .formatted(
                name(demand), demand.path("model").asText(), demand.path("tenant").asText()));
    for (JsonNode part : demand.path("replicas")) {
      PlanReport.line(
          text,
          "+",
          part.path("pool").asText(),
          "%d x %s (chips: %d, batch %d): %.4g (%.4g to %.4g) requests/s each, TTFT %.0f ms, TPOT"
                  .formatted(
                      part.path("replicas").asLong(),
                      part.path("split").asText(),
                      part.path("chips").asLong(),
                      part.path("batch").asLong(),
                      part.path("requests_per_second_likely").asDouble(),
                      part.path("requests_per_second_lower").asDouble(),
                      part.path("requests_per_second_upper").asDouble(),
                      part.path("ttft_ms").asDouble())
              + " %.1f ms, %.1f an hour; %s"
                  .formatted(
                      part.path("tpot_ms").asDouble(),
                      part.path("price_per_hour").asDouble(),
                      part.path("evidence").asText()));
    }
    lost(text, demand.path("lost"));
    groups(text, demand.path("groups"));
  }

  /** Every way to spread the model over the chips of a pool that was tried. */
  private static void groups(StringBuilder text, JsonNode groups) {
    String pool = "";
    for (JsonNode group : groups) {
      if (!group.path("pool").asText().equals(pool)) {
        pool = group.path("pool").asText();
        text.append("\ngroups of %s\n".formatted(pool));
      }
      String mark = group.path("chosen").asBoolean() ? "+" : "-";
      PlanReport.line(text, mark, group.path("split").asText(), group.path("why").asText());
    }
  }

  private static void broken(StringBuilder text, JsonNode demand) {
    text.append("%s for %s has no place\n".formatted(name(demand), demand.path("tenant").asText()));
    for (JsonNode rule : demand.path("cannot_hold_together")) {
      PlanReport.line(text, "*", "", rule.asText());
    }
    lost(text, demand.path("refused"));
  }

  private static void lost(StringBuilder text, JsonNode pools) {
    for (JsonNode pool : pools) {
      PlanReport.line(text, "-", pool.path("pool").asText(), pool.path("why").asText());
    }
  }

  private static String name(JsonNode demand) {
    return demand.path("name").asText();
  }
}
