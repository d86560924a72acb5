package dev.tangram.engine;

import java.util.List;

/**
 * A token with its natural-log probability under the model (before temperature and penalties).
 *
 * @param top the likeliest ids at this place, best first; as many as asked for
 */
public record TokenLogprob(int id, float logprob, List<Alternative> top) {
  /** One likely id. */
  public record Alternative(int id, float logprob) {}
}
