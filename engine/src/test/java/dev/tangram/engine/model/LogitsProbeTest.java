package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever the steps, the rows are the same; what cannot be is refused before anything runs. */
class LogitsProbeTest {
  private final Golden golden = Golden.load("qwen2");
  private final int[] ids = golden.ids();
  private final Workers workers = new Workers(1);
  private Model model;

  @BeforeEach
  void open() {
    try (ModelFile file = GgufFile.open(golden.file())) {
      model = Models.open(file, Selection.choose("scalar", workers).kernels(), 128, 128);
    }
  }

  @AfterEach
  void close() {
    model.close();
    workers.close();
  }

  @Test
  void rowsAreThoseOfOneStepHoweverTheStepsAreCut() {
    int last = ids.length - 1;
    int[] positions = {last, 0, 63, 64, 63, 2, 1};
    Map<Integer, float[]> whole = LogitsProbe.logits(model, ids, positions, 128, 128);
    assertThat(whole.keySet()).containsExactly(0, 1, 2, 63, 64, last);
    for (int[] cut : new int[][] {{128, 1}, {128, 2}, {7, 3}, {1, 1}, {64, 64}}) {
      Map<Integer, float[]> rows = LogitsProbe.logits(model, ids, positions, cut[0], cut[1]);
      assertThat(rows.keySet()).containsExactlyElementsOf(whole.keySet());
      whole.forEach(
          (p, row) ->
              assertThat(rows.get(p))
                  .as("%s, position %d", Arrays.toString(cut), p)
                  .isEqualTo(row));
    }
    golden.logits().forEach((p, row) -> assertThat(whole.get(p)).hasSameSizeAs(row));
  }

  @Test
  void appendingGoesOnWhereItStopped() {
    int last = ids.length - 1;
    float[] whole = LogitsProbe.logits(model, ids, new int[] {last}, 128, 1).get(last);
    List<float[]> rows = new ArrayList<>();
    try (LogitsProbe probe = new LogitsProbe(model, ids.length, 16, 1)) {
      probe.append(Arrays.copyOf(ids, 40), new int[0], (p, row) -> rows.add(row));
      assertThat(probe.length()).isEqualTo(40);
      probe.append(
          Arrays.copyOfRange(ids, 40, ids.length), new int[] {last}, (p, row) -> rows.add(row));
    }
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst()).isEqualTo(whole);
  }

  @Test
  void whatCannotBeIsRefused() {
    int vocabulary = model.shape().vocabulary();
    refused(new int[] {1, vocabulary}, new int[0], "ids[1]: found 96, allowed: 0 to 95");
    refused(new int[] {-1}, new int[0], "ids[0]: found -1, allowed: 0 to 95");
    refused(new int[] {1, 2}, new int[] {2}, "positions: found 2, allowed: 0 to 1");
    refused(new int[] {1, 2}, new int[] {-1}, "positions: found -1, allowed: 0 to 1");
    refused(
        new int[0],
        new int[0],
        "ids: found 0 tokens, allowed: 1 to 256, the model's context length");
    refused(
        new int[257],
        new int[0],
        "ids: found 257 tokens, allowed: 1 to 256, the model's context length");
  }

  private void refused(int[] bad, int[] positions, String message) {
    assertThatThrownBy(() -> LogitsProbe.logits(model, bad, positions, 8, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
