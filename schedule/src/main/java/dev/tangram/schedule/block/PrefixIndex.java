package dev.tangram.schedule.block;

import dev.tangram.schedule.CacheScope;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Which full blocks hold which prefix. The key of a block is a hash chain that starts from the
 * scope, so two scopes never meet; the tokens are compared on every hit, so a collision is a miss
 * and never another text's memory.
 */
final class PrefixIndex {
  /** SHA-256 cut to 128 bits. */
  record Key(long high, long low) {
    /** Written out, with equals: a record's own are linked from method handles at first use. */
    @Override
    public int hashCode() {
      return (int) low;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.high == high && key.low == low;
    }
  }

  /**
   * A place in a chain and the block that holds it. Entries are the same only if they are one
   * object: what comes after one knows it by that.
   */
  static final class Entry {
    private final Key key;
    private final Entry parent;
    private final int[] tokens;
    private int block;

    /**
     * @param parent null for the first block
     */
    Entry(Key key, Entry parent, int[] tokens, int block) {
      this.key = key;
      this.parent = parent;
      this.tokens = tokens;
      this.block = block;
    }

    Key key() {
      return key;
    }

    Entry parent() {
      return parent;
    }

    int[] tokens() {
      return tokens;
    }

    int block() {
      return block;
    }

    /** Another block holds the same. */
    void block(int other) {
      block = other;
    }
  }

  private final Map<Key, Entry> entries = new HashMap<>();
  private final Hash hash;

  /** The hash of a chain link; replaceable so that a test can force collisions. */
  interface Hash {
    Key next(Key previous, int[] tokens);
  }

  PrefixIndex(Hash hash) {
    this.hash = hash;
  }

  static Key start(CacheScope scope) {
    return new Key(scope.high(), scope.low());
  }

  Key next(Key previous, int[] tokens) {
    return hash.next(previous, tokens);
  }

  /** The block with these tokens after {@code parent}, or null. */
  Entry find(Key key, Entry parent, int[] tokens) {
    Entry entry = entries.get(key);
    return entry != null && entry.parent == parent && Arrays.equals(entry.tokens, tokens)
        ? entry
        : null;
  }

  /** True if the key is taken, by these tokens or by a collision. */
  Entry at(Key key) {
    return entries.get(key);
  }

  void put(Entry entry) {
    entries.put(entry.key, entry);
  }

  void remove(Entry entry) {
    entries.remove(entry.key, entry);
  }

  int size() {
    return entries.size();
  }

  /**
   * Multiplies and shifts; some twenty times as quick as {@link #sha256}. Whoever writes the tokens
   * could make keys collide, and so keep others' prefixes out of the index.
   */
  static Hash quick() {
    return (previous, tokens) -> {
      // Odd, so that zeros do not stay zeros.
      long high = previous.high + 0x632BE59BD9B4E019L;
      long low = previous.low ^ 0x2545F4914F6CDD1DL;
      for (int token : tokens) {
        high = (high ^ token) * 0x9E3779B97F4A7C15L;
        high ^= high >>> 32;
        low = (low + token) * 0xD6E8FEB86659FD93L;
        low ^= low >>> 29;
      }
      return new Key(high, low);
    };
  }

  /** SHA-256 of the previous key and the tokens, cut to 128 bits. */
  static Hash sha256() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    return (previous, tokens) -> {
      ByteBuffer bytes = ByteBuffer.allocate(16 + 4 * tokens.length);
      bytes.putLong(previous.high).putLong(previous.low);
      for (int token : tokens) {
        bytes.putInt(token);
      }
      ByteBuffer result = ByteBuffer.wrap(digest.digest(bytes.array()));
      return new Key(result.getLong(), result.getLong());
    };
  }
}
