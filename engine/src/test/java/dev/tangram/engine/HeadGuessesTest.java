package dev.tangram.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.engine.model.Batch;
import dev.tangram.engine.model.Golden;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.model.Models;
import dev.tangram.engine.sample.Logits;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.batch.StepPlan;
import dev.tangram.schedule.block.StateOrder;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a head guesses after a prompt is what transformers' modules guess. */
class HeadGuessesTest {
  private static final int[] BLOCKS = {0, 1};

  @ParameterizedTest
  @CsvSource({
    "qwen3next-mtp, 1",
    "qwen3next-mtp, 5",
    "qwen3next-mtp, 100",
    "qwen35-mtp, 1",
    "qwen35-mtp, 7"
  })
  void draftsAndDraftsAfterDraftsAreTheReferences(String name, int piece) throws IOException {
    JsonNode json;
    try (InputStream in = getClass().getResourceAsStream("/golden/" + name + "/expected.json")) {
      json = new ObjectMapper().readTree(in);
    }
    int[] prompt = json.get("prompt").valueStream().mapToInt(JsonNode::asInt).toArray();
    Speculation how = Speculation.OFF.with(Speculation.Method.MTP).withTokensMax(2);
    GenerationRequest request = GenerationRequest.greedy(prompt, 10);
    Sequence sequence = new Sequence(1, CacheScope.LOCAL, prompt, 10, false, 0);
    sequence.addBlock(BLOCKS[0]);
    sequence.addBlock(BLOCKS[1]);
    Guesses guesses = Guesses.of(sequence, request, how, true);
    for (int i = 0; i < 10; i++) {
      // So that it asks for as many as it may.
      guesses.fromHead(0);
      guesses.saw(1, 1);
    }
    Active active = new Active(sequence, request, new Mailbox(() -> {}), null, 90, guesses, 2, 0);
    try (Workers workers = new Workers(1);
        ModelFile file = GgufFile.open(Golden.ofFile(name).file());
        Model model = Models.open(file, Selection.choose("auto", workers).kernels(), 100, 100);
        KvMemory kv = model.shape().kvMemory(BLOCKS.length);
        StateMemory states = model.shape().stateMemory(1)) {
      states.clear(0);
      int vocabulary = model.shape().vocabulary();
      float[] logits = new float[100 * vocabulary];
      float[] hidden = new float[100 * model.shape().width()];
      HeadGuesses head =
          new HeadGuesses(model.draft().orElseThrow(), kv, model.shape(), vocabulary, logits, 100);
      for (int from = 0; from < prompt.length; from += piece) {
        int count = Math.min(piece, prompt.length - from);
        Span span = new Span(0, count, from, BLOCKS, 0);
        int[] ids = IntStream.range(from, from + count).map(i -> prompt[i]).toArray();
        int[] rows = IntStream.range(0, count).toArray();
        int[] last = {count - 1};
        model.forward(new Batch(ids, List.of(span), last, rows, 0), kv, states, logits, hidden);
        boolean samples = from + count == prompt.length;
        if (samples) {
          sequence.append(Logits.best(logits, 0, vocabulary));
        }
        sequence.advance(count);
        StepPlan.Work work = new StepPlan.Work(sequence, from, count, 0, samples, StateOrder.NONE);
        StepPlan plan = new StepPlan(List.of(work), count);
        head.follow(plan, List.of(active), List.of(span), hidden, 0);
      }
      assertThat(sequence.token(prompt.length)).isEqualTo(json.get("next_token").asInt());
      assertThat(sequence.drafts()).isEqualTo(2);
      assertThat(sequence.draft(0)).isEqualTo(json.get("draft1").asInt());
      assertThat(sequence.draft(1)).isEqualTo(json.get("draft2_chained").asInt());
    }
  }
}
