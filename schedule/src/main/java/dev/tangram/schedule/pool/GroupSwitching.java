package dev.tangram.schedule.pool;

import dev.tangram.schedule.Invariant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Request-level switching: a chip holds one model at a time and serves a group of its requests. The
 * next group goes to the model whose first request has waited longest. A group is closed at its
 * bound once another model waits, so that a busy model cannot keep a chip for ever.
 *
 * <p>Requests are opaque numbers. Threads: one at a time.
 */
public final class GroupSwitching {
  /** No model waits, or no request may join. */
  public static final int NONE = -1;

  private final int groupMax;
  private final List<ArrayDeque<Waiting>> lines = new ArrayList<>();
  private long tickets;
  private int waiting;

  private record Waiting(long ticket, int request) {}

  /**
   * @param models that share the chips, known by number from 0
   * @param groupMax requests that a model may start on a chip while others wait, 1 or more
   */
  public GroupSwitching(int models, int groupMax) {
    if (models < 1 || groupMax < 1) {
      throw new IllegalArgumentException(
          "models %d, groupMax %d: each must be at least 1".formatted(models, groupMax));
    }
    this.groupMax = groupMax;
    for (int i = 0; i < models; i++) {
      lines.add(new ArrayDeque<>());
    }
  }

  /** A request joins its model's line. */
  public void offer(int model, int request) {
    lines.get(model).addLast(new Waiting(tickets++, request));
    waiting++;
  }

  /** Requests in all lines. */
  public int waiting() {
    return waiting;
  }

  /**
   * The next request for a chip that holds {@code model}, or {@link #NONE}.
   *
   * @param started requests of the chip's group so far
   */
  public int take(int model, int started) {
    ArrayDeque<Waiting> line = lines.get(model);
    boolean othersWait = waiting > line.size();
    if (line.isEmpty() || (started >= groupMax && othersWait)) {
      return NONE;
    }
    waiting--;
    Invariant.check(waiting >= 0, "waiting %d", waiting);
    return line.removeFirst().request();
  }

  /** The model that an empty chip should hold next, or {@link #NONE}. */
  public int next() {
    int best = NONE;
    long oldest = Long.MAX_VALUE;
    for (int i = 0; i < lines.size(); i++) {
      Waiting first = lines.get(i).peekFirst();
      if (first != null && first.ticket() < oldest) {
        oldest = first.ticket();
        best = i;
      }
    }
    return best;
  }
}
