package dev.tangram.fleet.cost;

/**
 * How a replica is spread over its chips.
 *
 * @param chips of the replica, 1 or more
 */
public record Parallelism(Split split, int chips) {
  /** What the chips divide among them. */
  public enum Split {
    /** Every matrix; an all-reduce after each half of a layer. */
    TENSOR,
    /** Experts; attention and what is shared are copied, each chip has its own sequences. */
    EXPERT
  }

  public Parallelism {
    if (chips < 1) {
      throw new IllegalArgumentException(
          "parallelism: found %d chips, allowed: 1 or more".formatted(chips));
    }
  }

  public static Parallelism tensor(int chips) {
    return new Parallelism(Split.TENSOR, chips);
  }

  public static Parallelism expert(int chips) {
    return new Parallelism(Split.EXPERT, chips);
  }

  /** Such as {@code tp8} or {@code ep16}. */
  public String word() {
    return (split == Split.TENSOR ? "tp" : "ep") + chips;
  }
}
