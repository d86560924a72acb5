package dev.tangram.fleet.model;

import java.util.Locale;

/** Models whose efficiency on a chip may be told from one another's. */
public enum Family {
  /** Attention and feed-forward in every layer. */
  DENSE,
  /** Grouped-query attention, experts. */
  EXPERTS,
  /** Latent attention, experts. */
  LATENT_EXPERTS,
  /** Most layers keep a constant state. */
  HYBRID,
  HYBRID_EXPERTS;

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
