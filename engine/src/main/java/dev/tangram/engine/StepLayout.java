package dev.tangram.engine;

import dev.tangram.engine.model.Batch;
import dev.tangram.kernel.Span;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.batch.StepPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A planned step as rows: each sequence's tokens, its guesses after them.
 *
 * @param rows for each member of the plan, the indexes of its rows in the logits
 */
record StepLayout(Batch batch, List<int[]> rows) {
  /**
   * @param recurrent the model has recurrent layers: what they read of guesses is kept
   * @param allHidden every row's hidden state is wanted, not only those with logits
   */
  static StepLayout of(StepPlan plan, List<Active> members, boolean recurrent, boolean allHidden) {
    int[] tokens = new int[plan.tokens()];
    List<Span> spans = new ArrayList<>();
    List<int[]> rows = new ArrayList<>();
    List<Integer> logitRows = new ArrayList<>();
    int row = 0;
    int keptRows = 0;
    for (int i = 0; i < plan.work().size(); i++) {
      StepPlan.Work part = plan.work().get(i);
      Sequence sequence = part.sequence();
      for (int j = 0; j < part.count(); j++) {
        int at = part.position() + j;
        tokens[row + j] =
            at < sequence.length() ? sequence.token(at) : sequence.draft(at - sequence.length());
      }
      spans.add(
          new Span(
              row,
              part.count(),
              part.position(),
              sequence.blockTable(),
              sequence.windowTable(),
              part.state().slot()));
      int[] mine = new int[wanted(part, members.get(i))];
      for (int j = 0; j < mine.length; j++) {
        mine[j] = logitRows.size();
        logitRows.add(row + part.count() - mine.length + j);
      }
      rows.add(mine);
      row += part.count();
      keptRows = recurrent && part.drafts() > 0 ? row : keptRows;
    }
    int[] drawn = logitRows.stream().mapToInt(Integer::intValue).toArray();
    int[] hidden = allHidden ? IntStream.range(0, row).toArray() : drawn;
    return new StepLayout(new Batch(tokens, spans, drawn, hidden, keptRows), rows);
  }

  private static int wanted(StepPlan.Work part, Active active) {
    if (active.scoresPrompt() && part.sequence().made() == 0) {
      return part.count();
    }
    return part.samples() ? 1 + part.drafts() : 0;
  }
}
