package dev.tangram.server.observe;

/** Takes usage records. Safe for many threads; does not wait. */
@FunctionalInterface
public interface UsageSink {
  void accept(UsageRecord record);

  /** Both, this one first. */
  default UsageSink and(UsageSink other) {
    return record -> {
      accept(record);
      other.accept(record);
    };
  }
}
