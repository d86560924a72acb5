package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each architecture's logits from the folder that transformers saved, without a conversion. */
class CheckpointGoldenTest {
  static Stream<String> names() {
    return Stream.of(Golden.NAMES);
  }

  @ParameterizedTest
  @MethodSource("names")
  void logitsAreThoseOfTheReference(String name) {
    Golden golden = Golden.load(name);
    int[] ids = golden.ids();
    try (Workers workers = new Workers(1);
        ModelFile file = ModelFiles.open(golden.file().getParent());
        Model model =
            Models.open(
                file, Selection.choose("auto", workers).kernels(), ids.length, ids.length)) {
      Shape shape = model.shape();
      int vocabulary = shape.vocabulary();
      float[] logits = new float[ids.length * vocabulary];
      try (KvMemory kv = shape.kvMemory(8);
          StateMemory state = shape.stateMemory(1)) {
        if (state != null) {
          state.clear(0);
        }
        Span span = new Span(0, ids.length, 0, IntStream.range(0, 8).toArray(), 0);
        int[] rows = IntStream.range(0, ids.length).toArray();
        model.forward(new Batch(ids, List.of(span), rows), kv, state, logits, null);
      }
      for (Map.Entry<Integer, float[]> expected : golden.logits().entrySet()) {
        int from = expected.getKey() * vocabulary;
        assertThat(Arrays.copyOfRange(logits, from, from + vocabulary))
            .as("%s position %d", name, expected.getKey())
            .containsExactly(expected.getValue(), within(Golden.tolerance(name)));
      }
    }
  }
}
