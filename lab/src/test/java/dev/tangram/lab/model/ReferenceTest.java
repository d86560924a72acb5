package dev.tangram.lab.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real models, pulled into the store as a user's are, against transformers. */
class ReferenceTest {
  static List<String> models() {
    return Expectation.MODELS;
  }

  @ParameterizedTest
  @MethodSource("models")
  void realModelsSayWhatTransformersSays(String model) throws Exception {
    Path file = Pulled.file(model);
    try (Workers workers = new Workers(2)) {
      Findings findings =
          Reference.check(
              file, Expectation.of(model), Selection.choose("auto", workers), Integer.MAX_VALUE);
      assertThat(findings.faults()).as(findings.line()).isEmpty();
    }
  }

  @Test
  void everyExpectationIsThere() throws IOException {
    for (String model : Expectation.MODELS) {
      Expectation expected = Expectation.of(model);
      assertThat(expected.cases()).as(model).isNotEmpty();
      for (Expectation.Case each : expected.cases()) {
        assertThat(each.argmax()).as("%s %s", model, each.id()).hasSameSizeAs(each.ids());
        assertThat(each.margins()).as("%s %s", model, each.id()).hasSize(each.greedy().length);
        assertThat(each.top().getFirst().id())
            .as("%s %s", model, each.id())
            .isEqualTo(each.greedy()[0]);
      }
    }
  }
}
