package dev.tangram.schedule.route;

import java.util.List;

/**
 * Chooses the replica of a request. Replicas are known by their place in the list, which must not
 * change.
 *
 * <p>Threads: one at a time; a router may remember what it chose.
 */
public interface Router {
  /** No replica accepts requests. */
  int NONE = -1;

  /**
   * @param promptTokens of the request
   * @param prefix ids of the prompt's leading stretches: two prompts agree as far as their ids do;
   *     may be empty
   * @param stretch tokens that one id stands for
   * @return an index of {@code replicas}, or {@link #NONE}
   */
  int choose(List<? extends ReplicaLoad> replicas, int promptTokens, int[] prefix, int stretch);
}
