package dev.tangram.schedule.block;

/**
 * What the engine does with a sequence's recurrent state around a step. All orders before a step
 * are carried out first, then the step, then all orders after it: a snapshot may be read before and
 * overwritten after the same step.
 *
 * @param slot the sequence's slot; -1 if its model has no recurrent layers
 * @param from before the step: copy this slot to {@code slot}; {@link #CLEAR} clears {@code slot},
 *     {@link #NOTHING} leaves it as the last step left it
 * @param to after the step: copy {@code slot} to this slot, or {@link #NOTHING}
 */
public record StateOrder(int slot, int from, int to) {
  public static final int NOTHING = -1;
  public static final int CLEAR = -2;

  /** For models without recurrent layers. */
  public static final StateOrder NONE = new StateOrder(-1, NOTHING, NOTHING);
}
