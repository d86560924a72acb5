package dev.tangram.engine.token;

/**
 * The ids of words seen lately. A fixed number of places, one for each hash: a new word takes the
 * place of the old. Many threads use it without locks, because an entry is immutable and the array
 * a cache: a lost write only costs merging that word again.
 */
final class WordCache {
  /** Longest word kept, in UTF-16 units. */
  static final int LENGTH_MAX = 32;

  private static final int PLACES = 1 << 13;

  private record Entry(String word, int[] ids) {}

  private final Entry[] entries = new Entry[PLACES];

  /** The ids of text[from, to), shared and not to be changed; null if they are not here. */
  int[] find(String text, int from, int to) {
    Entry entry = entries[place(text, from, to)];
    if (entry == null
        || entry.word.length() != to - from
        || !entry.word.regionMatches(0, text, from, to - from)) {
      return null;
    }
    return entry.ids;
  }

  void keep(String text, int from, int to, int[] ids) {
    entries[place(text, from, to)] = new Entry(text.substring(from, to), ids);
  }

  private static int place(String text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    hash *= 0x9E3779B1;
    return hash >>> 32 - 13;
  }
}
