package dev.tangram.schedule;

/**
 * Who may share cached prefixes: 128 opaque bits that start every prefix hash chain. Two scopes
 * never share a block.
 */
public record CacheScope(long high, long low) {
  /** The scope of a process that serves one user. */
  public static final CacheScope LOCAL = new CacheScope(0, 0);
}
