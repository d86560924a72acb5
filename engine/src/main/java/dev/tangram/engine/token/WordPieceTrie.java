package dev.tangram.engine.token;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The spellings of a vocabulary as a tree of characters, so that the longest token at a place is
 * found in one walk. Edges are one open hash table, salted because the file is not trusted.
 * Immutable once built.
 */
final class WordPieceTrie {
  private static final int ROOT = 0;

  private final long salt = ThreadLocalRandom.current().nextLong() | 1;

  // Key: node << 16 | character, plus one so that an empty place is 0.
  private long[] keys = new long[1 << 10];
  private int[] targets = new int[1 << 10];
  private int[] tokens = new int[1 << 9];
  private int nodes = 1;
  private final int continuation;

  /**
   * @param prefix what tokens begin with that go on within a word
   */
  WordPieceTrie(Vocabulary vocabulary, String prefix) {
    for (int id = 0; id < vocabulary.size(); id++) {
      // Inserting may replace the array.
      int node = insert(vocabulary.piece(id));
      tokens[node] = id + 1;
    }
    continuation = insert(prefix);
  }

  private int insert(String piece) {
    int node = ROOT;
    for (int i = 0; i < piece.length(); i++) {
      node = add(node, piece.charAt(i));
    }
    return node;
  }

  /**
   * The longest token at {@code word[at..)}.
   *
   * @param first whether the word begins here
   * @return id in the upper half, length in the lower; -1 if there is none
   */
  long longest(CharSequence word, int at, boolean first) {
    int node = first ? ROOT : continuation;
    long found = -1;
    for (int i = at; i < word.length(); i++) {
      node = step(node, word.charAt(i));
      if (node < 0) {
        break;
      }
      if (tokens[node] > 0) {
        found = (long) (tokens[node] - 1) << 32 | (i + 1 - at);
      }
    }
    return found;
  }

  private int step(int node, char c) {
    long key = key(node, c);
    int mask = keys.length - 1;
    for (int at = place(key, mask); keys[at] != 0; at = (at + 1) & mask) {
      if (keys[at] == key) {
        return targets[at];
      }
    }
    return -1;
  }

  private int add(int node, char c) {
    int known = step(node, c);
    if (known >= 0) {
      return known;
    }
    if (nodes == tokens.length) {
      tokens = Arrays.copyOf(tokens, nodes * 2);
      grow();
    }
    put(key(node, c), nodes);
    return nodes++;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldTargets = targets;
    keys = new long[oldKeys.length * 2];
    targets = new int[oldKeys.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        put(oldKeys[i], oldTargets[i]);
      }
    }
  }

  private void put(long key, int target) {
    int mask = keys.length - 1;
    int at = place(key, mask);
    while (keys[at] != 0) {
      at = (at + 1) & mask;
    }
    keys[at] = key;
    targets[at] = target;
  }

  private static long key(int node, char c) {
    return ((long) node << 16 | c) + 1;
  }

  private int place(long key, int mask) {
    long hash = (key ^ salt) * 0x9E3779B97F4A7C15L;
    hash = (hash ^ hash >>> 32) * salt;
    return (int) (hash >>> 32) & mask;
  }
}
