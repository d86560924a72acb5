package dev.tangram.engine.token;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The tokens of a file: spelling and type by id, and id by spelling. Immutable. Looking up costs
 * one pass over the spelling; the hash is salted, so a hostile file cannot make loading quadratic.
 */
final class Vocabulary {
  static final String TOKENS = "tokenizer.ggml.tokens";
  static final String TYPES = "tokenizer.ggml.token_type";

  /** Far above the largest vocabulary in use (about 262,000). */
  static final int TOKENS_MAX = 1_000_000;

  private static final long MARK = -1L << 32;

  private final String[] pieces;
  private final byte[] types;
  // The upper half of a hash above an id plus one: spellings are compared only where hashes agree.
  private final long[] slots;
  private final long salt = ThreadLocalRandom.current().nextLong() | 1;

  private Vocabulary(String[] pieces, byte[] types) {
    this.pieces = pieces;
    this.types = types;
    this.slots = new long[Integer.highestOneBit(Math.max(pieces.length, 4)) * 4];
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
    Vocabulary vocabulary = new Vocabulary(tokens.toArray(String[]::new), types);
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
    Vocabulary vocabulary = new Vocabulary(pieces, types);
    vocabulary.index(file);
    return vocabulary;
  }

  private void index(String file) {
    for (int id = 0; id < pieces.length; id++) {
      String piece = pieces[id];
      long hash = hash(salt, piece, 0, piece.length());
      int slot = slot(hash, piece, 0, piece.length());
      if (slots[slot] != 0) {
        String found = Quoted.of(piece) + ", which is also token " + ((int) slots[slot] - 1);
        throw new ModelFormatException(file, TOKENS + "[" + id + "]", found, "each spelling once");
      }
      slots[slot] = hash & MARK | id + 1;
    }
  }

  int size() {
    return pieces.length;
  }

  String piece(int id) {
    return pieces[id];
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
    return (int) slots[slot(hash(salt, text, from, to), text, from, to)] - 1;
  }

  /** The id of the ordinary token spelt like text[from, to), or -1. */
  int findNormal(String text, int from, int to) {
    int id = find(text, from, to);
    return id >= 0 && isNormal(id) ? id : -1;
  }

  private long hash(long start, String text, int from, int to) {
    long hash = start;
    for (int i = from; i < to; i++) {
      hash = (hash ^ text.charAt(i)) * salt;
      hash ^= hash >>> 32;
    }
    return hash;
  }

  /** The slot that holds the spelling of that hash, or the empty one where it would go. */
  private int slot(long hash, String text, int from, int to) {
    int mask = slots.length - 1;
    int slot = (int) hash & mask;
    while (slots[slot] != 0) {
      if (((slots[slot] ^ hash) & MARK) == 0) {
        String piece = pieces[(int) slots[slot] - 1];
        if (piece.length() == to - from && piece.regionMatches(0, text, from, to - from)) {
          return slot;
        }
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
