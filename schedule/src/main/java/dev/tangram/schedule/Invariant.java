package dev.tangram.schedule;

/** Checks that stay on in production: a broken one is a bug here, never bad input. */
public final class Invariant {
  private Invariant() {}

  /** Throws {@link IllegalStateException} with the formatted message if {@code holds} is false. */
  public static void check(boolean holds, String format, Object... values) {
    if (!holds) {
      throw new IllegalStateException("invariant broken: " + format.formatted(values));
    }
  }
}
