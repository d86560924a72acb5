package dev.tangram.engine.token;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.PackedStrings;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The tokens of a file: spelling and type by id, and id by spelling. Immutable. Spellings stay the
 * UTF-8 that stands in the file: of a hundred thousand few are ever asked for. Looking up costs one
 * pass over the spelling; the hash is salted, so a hostile file cannot make loading quadratic.
 */
final class Vocabulary {
  static final String TOKENS = "tokenizer.ggml.tokens";
  static final String TYPES = "tokenizer.ggml.token_type";

  /** Far above the largest vocabulary in use (about 262,000). */
  static final int TOKENS_MAX = 1_000_000;

  private static final long MARK = -1L << 32;

  private final PackedStrings pieces;
  private final byte[] bytes;
  private final byte[] types;
  // The upper half of a hash above an id plus one: spellings are compared only where hashes agree.
  private final long[] slots;
  private final long salt = ThreadLocalRandom.current().nextLong() | 1;

  private Vocabulary(PackedStrings pieces, byte[] types) {
    this.pieces = pieces;
    this.bytes = pieces.bytes();
    this.types = types;
    this.slots = new long[Integer.highestOneBit(Math.max(pieces.size(), 4)) * 4];
  }

  /** Reads and checks tokens and types: equal counts, known types, no spelling twice. */
  static Vocabulary of(Metadata metadata, String file) {
    List<String> tokens = metadata.strings(TOKENS);
    if (tokens.isEmpty() || tokens.size() > TOKENS_MAX) {
      throw new ModelFormatException(
          file, TOKENS, tokens.size() + " tokens", "1 to " + TOKENS_MAX + " tokens");
    }
    int[] codes = metadata.integers(TYPES);
    if (codes.length != tokens.size()) {
      throw new ModelFormatException(
          file, TYPES, codes.length + " types", "one for each of " + tokens.size() + " tokens");
    }
    byte[] types = new byte[codes.length];
    for (int id = 0; id < codes.length; id++) {
      if (codes[id] < 1 || codes[id] > TokenType.COUNT) {
        throw new ModelFormatException(
            file, TYPES + "[" + id + "]", Integer.toString(codes[id]), "1 to " + TokenType.COUNT);
      }
      types[id] = (byte) codes[id];
    }
    Vocabulary vocabulary = new Vocabulary(PackedStrings.of(tokens), types);
    vocabulary.index(file);
    return vocabulary;
  }

  /**
   * A vocabulary from its parts, checked in the same way.
   *
   * @param pieces spelling by id
   * @param types code of the {@link TokenType} by id
   */
  static Vocabulary of(String[] pieces, byte[] types, String file) {
    Vocabulary vocabulary = new Vocabulary(PackedStrings.of(Arrays.asList(pieces)), types);
    vocabulary.index(file);
    return vocabulary;
  }

  private void index(String file) {
    for (int id = 0; id < pieces.size(); id++) {
      int from = pieces.start(id);
      int to = pieces.end(id);
      long hash = hash(bytes, from, to);
      int slot = slot(hash, bytes, from, to);
      if (slots[slot] != 0) {
        String found = Quoted.of(piece(id)) + ", which is also token " + ((int) slots[slot] - 1);
        throw new ModelFormatException(file, TOKENS + "[" + id + "]", found, "each spelling once");
      }
      slots[slot] = hash & MARK | id + 1;
    }
  }

  int size() {
    return pieces.size();
  }

  String piece(int id) {
    return pieces.get(id);
  }

  TokenType type(int id) {
    return TokenType.ofCode(types[id]);
  }

  boolean isNormal(int id) {
    return types[id] == 1;
  }

  /** The id of a spelling, or -1. */
  int find(String spelling) {
    return find(spelling, 0, spelling.length());
  }

  /** The id of the token spelt like text[from, to), or -1. */
  int find(String text, int from, int to) {
    byte[] utf8 = new byte[3 * (to - from)];
    int length = 0;
    for (int i = from; i < to; ) {
      int c = i + 1 < to ? text.codePointAt(i) : text.charAt(i);
      i += Character.charCount(c);
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        return -1;
      }
      long encoded = Utf8.encode(c);
      for (int b = 0; b < Utf8.length(encoded); b++) {
        utf8[length++] = (byte) Utf8.at(encoded, b);
      }
    }
    return find(utf8, 0, length);
  }

  /** The id of the token spelt like the UTF-8 in [from, to), or -1. */
  int find(byte[] utf8, int from, int to) {
    return (int) slots[slot(hash(utf8, from, to), utf8, from, to)] - 1;
  }

  /**
   * The id of the token spelt like two stretches of UTF-8 one after the other, or -1.
   *
   * @param guess looked at first: an id, or any other number
   */
  int findJoined(byte[] utf8, int from, int to, int nextFrom, int nextTo, int guess) {
    int first = to - from;
    int length = first + nextTo - nextFrom;
    if (guess >= 0 && guess < size()) {
      int start = pieces.start(guess);
      if (pieces.end(guess) - start == length
          && Arrays.equals(bytes, start, start + first, utf8, from, to)
          && Arrays.equals(bytes, start + first, start + length, utf8, nextFrom, nextTo)) {
        return guess;
      }
    }
    byte[] joined = Arrays.copyOfRange(utf8, from, from + length);
    System.arraycopy(utf8, nextFrom, joined, first, nextTo - nextFrom);
    return find(joined, 0, length);
  }

  /** The id of the ordinary token spelt like text[from, to), or -1. */
  int findNormal(String text, int from, int to) {
    return normal(find(text, from, to));
  }

  private int normal(int id) {
    return id >= 0 && isNormal(id) ? id : -1;
  }

  /**
   * Cuts a token in two that are ordinary ones, in every way there is, the shortest first part
   * first.
   */
  void cuts(int id, Cut cut) {
    int from = pieces.start(id);
    int to = pieces.end(id);
    for (int at = from + 1; at < to; at++) {
      boolean inCharacter = (bytes[at] & 0xC0) == 0x80;
      int left = inCharacter ? -1 : normal(find(bytes, from, at));
      int right = left < 0 ? -1 : normal(find(bytes, at, to));
      if (right >= 0) {
        cut.of(left, right);
      }
    }
  }

  /** What {@link #cuts} finds. */
  interface Cut {
    void of(int left, int right);
  }

  private long hash(byte[] utf8, int from, int to) {
    long hash = salt;
    for (int i = from; i < to; i++) {
      hash = (hash ^ utf8[i]) * salt;
      hash ^= hash >>> 32;
    }
    return hash;
  }

  /** The slot that holds the spelling of that hash, or the empty one where it would go. */
  private int slot(long hash, byte[] utf8, int from, int to) {
    int mask = slots.length - 1;
    int slot = (int) hash & mask;
    while (slots[slot] != 0) {
      if (((slots[slot] ^ hash) & MARK) == 0) {
        int id = (int) slots[slot] - 1;
        if (Arrays.equals(bytes, pieces.start(id), pieces.end(id), utf8, from, to)) {
          return slot;
        }
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
