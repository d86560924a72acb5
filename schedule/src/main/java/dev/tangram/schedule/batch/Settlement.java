package dev.tangram.schedule.batch;

import dev.tangram.schedule.block.StateOrder;

/**
 * What the engine does with a sequence's recurrent state once it is known how many drafts were
 * right.
 *
 * @param work ran drafts
 * @param slot the sequence's slot from now on
 * @param again rows of the work, from its first on, to be run again on {@code slot}, which holds
 *     the state before them; 0 if it holds the state after all of them
 * @param to then: copy {@code slot} to this slot, or {@link StateOrder#NOTHING}
 */
public record Settlement(StepPlan.Work work, int slot, int again, int to) {}
