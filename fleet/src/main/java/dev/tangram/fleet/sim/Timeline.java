package dev.tangram.fleet.sim;

import java.util.Arrays;

/** What happened in each of equal stretches of time, for charts. Grows as time goes on. */
public final class Timeline {
  private final double bucketSeconds;
  private long[] arrivals = new long[128];
  private long[] outputTokens = new long[128];
  private int[] unfinishedMost = new int[128];
  private int count;

  Timeline(double bucketSeconds) {
    this.bucketSeconds = bucketSeconds;
  }

  public double bucketSeconds() {
    return bucketSeconds;
  }

  /** Stretches so far. */
  public int count() {
    return count;
  }

  public double arrivalsPerSecond(int bucket) {
    return arrivals[bucket] / bucketSeconds;
  }

  public double outputTokensPerSecond(int bucket) {
    return outputTokens[bucket] / bucketSeconds;
  }

  /** Most requests that were in the fleet at once. */
  public int unfinishedMost(int bucket) {
    return unfinishedMost[bucket];
  }

  void arrived(long nanos, int unfinished) {
    int bucket = bucket(nanos);
    arrivals[bucket]++;
    unfinishedMost[bucket] = Math.max(unfinishedMost[bucket], unfinished);
  }

  void tokens(long nanos, int tokens, int unfinished) {
    int bucket = bucket(nanos);
    outputTokens[bucket] += tokens;
    unfinishedMost[bucket] = Math.max(unfinishedMost[bucket], unfinished);
  }

  private int bucket(long nanos) {
    int bucket = (int) Math.min(1 << 20, (long) (nanos / (bucketSeconds * 1e9)));
    if (bucket >= arrivals.length) {
      int length = Math.max(bucket + 1, 2 * arrivals.length);
      arrivals = Arrays.copyOf(arrivals, length);
      outputTokens = Arrays.copyOf(outputTokens, length);
      unfinishedMost = Arrays.copyOf(unfinishedMost, length);
    }
    count = Math.max(count, bucket + 1);
    return bucket;
  }
}
