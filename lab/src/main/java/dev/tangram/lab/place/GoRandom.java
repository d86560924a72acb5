package dev.tangram.lab.place;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Go's {@code math/rand} as seeded by {@code rand.Seed}: an additive lagged Fibonacci generator
 * (Mitchell and Reeds). The published experiment drew its arrivals with it, so its seeds mean
 * nothing elsewhere.
 */
final class GoRandom {
  private static final int LENGTH = 607;
  private static final int TAP = 273;

  private final long[] state = new long[LENGTH];
  private int tap;
  private int feed = LENGTH - TAP;

  GoRandom(long seed) {
    long[] cooked = cooked();
    int x = (int) Math.floorMod(seed, (long) Integer.MAX_VALUE);
    x = x == 0 ? 89_482_311 : x;
    for (int i = 0; i < 20; i++) {
      x = lehmer(x);
    }
    for (int i = 0; i < LENGTH; i++) {
      x = lehmer(x);
      long bits = (long) x << 40;
      x = lehmer(x);
      bits ^= (long) x << 20;
      x = lehmer(x);
      state[i] = bits ^ x ^ cooked[i];
    }
  }

  private static int lehmer(int x) {
    int next = 48_271 * (x % 44_488) - 3_399 * (x / 44_488);
    return next < 0 ? next + Integer.MAX_VALUE : next;
  }

  private static long[] cooked() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                GoRandom.class.getResourceAsStream("go-rand.txt"), StandardCharsets.US_ASCII))) {
      return lines.lines().mapToLong(Long::parseLong).toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long next() {
    tap = tap == 0 ? LENGTH - 1 : tap - 1;
    feed = feed == 0 ? LENGTH - 1 : feed - 1;
    state[feed] += state[tap];
    return state[feed];
  }

  /** {@code rand.Int63}. */
  long int63() {
    return next() & Long.MAX_VALUE;
  }

  /** {@code rand.Intn}, n below 2^31. */
  int intn(int n) {
    if ((n & (n - 1)) == 0) {
      return (int) (int63() >>> 32) & (n - 1);
    }
    int max = (int) ((1L << 31) - 1 - (1L << 31) % n);
    int value = (int) (int63() >>> 32);
    while (value > max) {
      value = (int) (int63() >>> 32);
    }
    return value % n;
  }

  /** {@code rand.Perm}. */
  int[] permutation(int n) {
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      int j = intn(i + 1);
      values[i] = values[j];
      values[j] = i;
    }
    return values;
  }

  /** {@code rand.Shuffle}. */
  void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = below(i + 1);
      int value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
  }

  private int below(int n) {
    long product = uint32() * n;
    long low = product & 0xffff_ffffL;
    if (low < n) {
      long threshold = ((1L << 32) - n) % n;
      while (low < threshold) {
        product = uint32() * n;
        low = product & 0xffff_ffffL;
      }
    }
    return (int) (product >>> 32);
  }

  private long uint32() {
    return int63() >>> 31;
  }
}
