package dev.tangram.lab.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.Generation;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.ModelUse;
import dev.tangram.engine.Prompts;
import dev.tangram.engine.Readout;
import dev.tangram.engine.Submission;
import dev.tangram.schedule.CacheScope;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** all-MiniLM-L6-v2, pulled into the store as a user's is, against transformers. */
class EmbeddingReferenceTest {
  @Test
  void theRealModelMakesTheVectorsThatTransformersMakes() throws Exception {
    Path folder = Pulled.named("all-minilm");
    JsonNode expected;
    try (InputStream in = getClass().getResourceAsStream("all-minilm.json")) {
      expected = new ObjectMapper().readTree(in).required("cases");
    }
    assertThat(expected).isNotEmpty();
    try (Engine engine = Engine.open(folder, EngineOptions.DEFAULT.withThreads(2))) {
      assertThat(engine.use()).isEqualTo(ModelUse.EMBED);
      assertThat(engine.card().contextLength()).isEqualTo(256);
      // All at once, so that they share steps.
      List<Generation> running = new ArrayList<>();
      for (JsonNode each : expected) {
        int[] ids = Prompts.embedding(engine, each.required("text").asText());
        assertThat(ids)
            .as(each.required("text").asText())
            .isEqualTo(each.required("ids").valueStream().mapToInt(JsonNode::asInt).toArray());
        GenerationRequest request =
            GenerationRequest.reading(ids, Readout.EMBEDDING, CacheScope.LOCAL);
        running.add(((Submission.Admitted) engine.submit(request)).generation());
      }
      for (int i = 0; i < running.size(); i++) {
        check(
            expected.get(i).required("embedding"),
            ((Generation.Finished) running.get(i).next()).values(),
            expected.get(i).required("text").asText());
      }
    }
  }

  /** The reference has six digits after the point. */
  private static void check(JsonNode expected, float[] found, String text) {
    assertThat(found).as(text).hasSize(expected.size());
    double dot = 0;
    double squares = 0;
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i])
          .as("%s[%d]", text, i)
          .isCloseTo(expected.get(i).asDouble(), within(2e-6));
      dot += found[i] * expected.get(i).asDouble();
      squares += expected.get(i).asDouble() * expected.get(i).asDouble();
    }
    assertThat(dot / Math.sqrt(squares)).as(text).isCloseTo(1, within(1e-5));
  }
}
