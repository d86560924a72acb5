package dev.tangram.schedule.batch;

import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.block.StateOrder;
import java.util.List;

/**
 * What runs in one step.
 *
 * @param work each sequence at most once, decodes first
 * @param tokens sum of the counts
 */
public record StepPlan(List<Work> work, int tokens) {
  /**
   * {@code count} tokens of a sequence from {@code position} on.
   *
   * @param drafts of these, the last are guesses that follow what is pending
   * @param samples what is pending ends here: a token is sampled from the logits of its last row,
   *     and of each guess as long as the one before it was right
   * @param state what happens to its recurrent state around the step; {@link StateOrder#NONE} if
   *     the model has no recurrent layers
   */
  public record Work(
      Sequence sequence, int position, int count, int drafts, boolean samples, StateOrder state) {}

  public boolean isEmpty() {
    return work.isEmpty();
  }
}
