package dev.tangram.engine;

import java.util.Arrays;
import java.util.Objects;

/** What a request wants to know of its prompt, instead of text that goes on with it. */
public sealed interface Readout {
  /** The prompt's vector, pooled as the model wants it. */
  record Embedding() implements Readout {}

  /**
   * The logits of some tokens after the last of the prompt.
   *
   * @param ids at least one, each in the vocabulary
   */
  record Logits(int... ids) implements Readout {
    public Logits {
      ids = ids.clone();
      if (ids.length < 1) {
        throw new IllegalArgumentException("ids: found none, allowed: at least 1");
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Logits logits && Arrays.equals(ids, logits.ids);
    }

    @Override
    public int hashCode() {
      return Objects.hash(Arrays.hashCode(ids));
    }
  }

  /** The prompt's vector. */
  Readout EMBEDDING = new Embedding();
}
