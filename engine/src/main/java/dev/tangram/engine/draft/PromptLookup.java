package dev.tangram.engine.draft;

import dev.tangram.schedule.Sequence;
import java.util.Arrays;

/**
 * Guesses that a text goes on as it did before: it looks for the last tokens earlier in prompt and
 * output, and proposes what followed there. The longest match wins, of equally long ones the
 * latest.
 *
 * <p>Memory: 4 bytes a token, and at most {@value #BUCKETS_MAX} buckets of 4 bytes. <br>
 * Cost: each token is hashed once; a guess compares at most {@value #CANDIDATES_MAX} earlier
 * places. Places that end alike form a chain from the latest on, as in LZ77.
 *
 * <p>Threads: belongs to the engine's.
 */
public final class PromptLookup implements TextGuess {
  static final int CANDIDATES_MAX = 64;
  static final int BUCKETS_MAX = 1 << 16;

  private static final int NOWHERE = -1;

  /** Stands between the given text and the sequence's own; no token is equal to it. */
  private static final int BORDER = -1;

  private final int matchMax;
  private final int matchMin;
  private final int[] given;
  private final int ownFrom;
  private final int[] latest;

  // By place: the place before it whose tokens before it hash alike.
  private int[] earlier;
  private int indexed;
  private boolean fromGiven;

  /**
   * @param matchMax tokens that are compared, at least matchMin
   * @param matchMin tokens that must be equal, at least 1
   * @param given a text beside the sequence's own that may be copied from; may be empty
   * @param lengthMax most tokens of given text and sequence together
   */
  public PromptLookup(int matchMax, int matchMin, int[] given, int lengthMax) {
    if (matchMin < 1 || matchMax < matchMin || lengthMax < 1) {
      throw new IllegalArgumentException(
          "matchMin %d, matchMax %d, lengthMax %d: allowed: at least 1, at least matchMin, at least 1"
              .formatted(matchMin, matchMax, lengthMax));
    }
    this.matchMax = matchMax;
    this.matchMin = matchMin;
    this.given = given;
    this.ownFrom = given.length == 0 ? 0 : given.length + 1;
    int buckets = Math.clamp(Long.highestOneBit(lengthMax) * 2, 16, BUCKETS_MAX);
    this.latest = new int[buckets];
    Arrays.fill(latest, NOWHERE);
    this.earlier = new int[Math.clamp(lengthMax, 16, 1024)];
    this.indexed = matchMin;
  }

  @Override
  public int guess(Sequence sequence, int most, int[] guesses) {
    int length = ownFrom + sequence.length();
    index(sequence, length);
    if (length <= matchMin || most < 1) {
      return 0;
    }
    int place = longest(sequence, length);
    if (place == NOWHERE) {
      return 0;
    }
    fromGiven = place < ownFrom;
    for (int i = 0; i < most; i++) {
      // What is copied may run into the copy: a text that repeats itself goes on doing so.
      int from = place + i;
      int token = from < length ? at(sequence, from) : guesses[from - length];
      if (token == BORDER) {
        return i;
      }
      guesses[i] = token;
    }
    return most;
  }

  @Override
  public boolean fromGiven() {
    return fromGiven;
  }

  /** Lists every place that has a token: the last one's tokens are looked for, not found. */
  private void index(Sequence sequence, int length) {
    if (earlier.length < length) {
      earlier = Arrays.copyOf(earlier, length + length / 2);
    }
    for (; indexed < length; indexed++) {
      int bucket = bucket(sequence, indexed);
      earlier[indexed] = latest[bucket];
      latest[bucket] = indexed;
    }
  }

  private int longest(Sequence sequence, int length) {
    int best = NOWHERE;
    int bestMatch = matchMin - 1;
    int place = latest[bucket(sequence, length)];
    for (int i = 0; i < CANDIDATES_MAX && place != NOWHERE && bestMatch < matchMax; i++) {
      int match = 0;
      while (match < matchMax
          && match < place
          && at(sequence, place - 1 - match) == at(sequence, length - 1 - match)) {
        match++;
      }
      if (match > bestMatch && at(sequence, place) != BORDER) {
        best = place;
        bestMatch = match;
      }
      place = earlier[place];
    }
    return best;
  }

  /** Of the {@code matchMin} tokens before a place. */
  private int bucket(Sequence sequence, int place) {
    int hash = 0;
    for (int i = 1; i <= matchMin; i++) {
      hash = (hash + at(sequence, place - i)) * 0x9E3779B1;
    }
    return (hash ^ (hash >>> 15)) & (latest.length - 1);
  }

  private int at(Sequence sequence, int place) {
    if (place >= ownFrom) {
      return sequence.token(place - ownFrom);
    }
    return place < given.length ? given[place] : BORDER;
  }
}
