package dev.tangram.schedule;

import java.util.Arrays;
import java.util.Objects;

/**
 * A request's life in the scheduler: its tokens, how many of them have keys and values stored, and
 * the blocks that hold these.
 *
 * <p>Threads: belongs to whoever owns the scheduler; not safe for others.
 */
public final class Sequence {
  private final long id;
  private final CacheScope scope;
  private final int promptLength;
  private final int tokensMax;
  private final boolean scoresPrompt;
  private final long arrivedNanos;

  private int[] tokens;
  private int length;
  private int computed;
  private int cached;
  private int[] blocks = new int[8];
  private int blockCount;
  private int[] windows = {};
  private int windowFirst;
  private int slot = -1;
  // Two numbers a key.
  private long[] keys = {};
  private int keyCount;
  private int[] drafts = {};
  private int draftCount;

  /**
   * @param tokensMax most tokens that will be appended to the prompt
   * @param scoresPrompt the logits of every prompt token are wanted, so no cached prefix may be
   *     used
   * @param arrivedNanos when it was offered, on the scheduler's clock
   */
  public Sequence(
      long id,
      CacheScope scope,
      int[] prompt,
      int tokensMax,
      boolean scoresPrompt,
      long arrivedNanos) {
    this.id = id;
    this.scope = Objects.requireNonNull(scope);
    this.promptLength = prompt.length;
    this.tokensMax = tokensMax;
    this.scoresPrompt = scoresPrompt;
    this.arrivedNanos = arrivedNanos;
    this.tokens = Arrays.copyOf(prompt, prompt.length + Math.min(tokensMax, 64));
    this.length = prompt.length;
  }

  public long id() {
    return id;
  }

  public CacheScope scope() {
    return scope;
  }

  public int promptLength() {
    return promptLength;
  }

  public int tokensMax() {
    return tokensMax;
  }

  public boolean scoresPrompt() {
    return scoresPrompt;
  }

  public long arrivedNanos() {
    return arrivedNanos;
  }

  /** Prompt and made tokens. */
  public int length() {
    return length;
  }

  /** Tokens made so far. */
  public int made() {
    return length - promptLength;
  }

  public int token(int index) {
    return tokens[Objects.checkIndex(index, length)];
  }

  /** Adds a made token; its keys and values are computed by a later step. */
  public void append(int token) {
    Invariant.check(made() < tokensMax, "sequence %d makes more than %d tokens", id, tokensMax);
    if (length == tokens.length) {
      tokens =
          Arrays.copyOf(tokens, length + Math.min(length, promptLength + tokensMax - length) + 1);
    }
    tokens[length++] = token;
  }

  /** Tokens whose keys and values are stored. */
  public int computed() {
    return computed;
  }

  /** Tokens that still have to run before the next one can be sampled. */
  public int pending() {
    return length - computed;
  }

  /** Of the prompt, tokens found in the prefix index when it was last admitted. */
  public int cached() {
    return cached;
  }

  /** Called by the ledger: a prefix was found. */
  public void startFrom(int cachedTokens) {
    Invariant.check(computed == 0, "sequence %d starts twice", id);
    computed = cachedTokens;
    cached = Math.min(cachedTokens, promptLength);
  }

  /** The step that ran {@code count} of the pending tokens has ended. */
  public void advance(int count) {
    Invariant.check(
        count >= 1 && count <= pending(), "sequence %d advances %d of %d", id, count, pending());
    computed += count;
  }

  /** Forgets what was computed: it was preempted and starts again. */
  public void rewind() {
    computed = 0;
    cached = 0;
    draftCount = 0;
  }

  /**
   * Guesses the tokens that come next. The next step may run some of them with the pending one, to
   * hold them against what is drawn; after it they are forgotten.
   *
   * @param tokens copied as far as {@code count}
   */
  public void propose(int[] tokens, int count) {
    drafts = drafts.length < count ? new int[count] : drafts;
    System.arraycopy(tokens, 0, drafts, 0, count);
    draftCount = count;
  }

  /** Tokens that are guessed. */
  public int drafts() {
    return draftCount;
  }

  /** A guess: the token at {@code length() + index}. */
  public int draft(int index) {
    return drafts[Objects.checkIndex(index, draftCount)];
  }

  public int blockCount() {
    return blockCount;
  }

  public int block(int index) {
    return blocks[Objects.checkIndex(index, blockCount)];
  }

  /** The block table; entries past {@link #blockCount} mean nothing. Not copied. */
  public int[] blockTable() {
    return blocks;
  }

  /** Called by the ledger only. */
  public void addBlock(int block) {
    if (blockCount == blocks.length) {
      // A new array, because the step in flight may still read the old one.
      blocks = Arrays.copyOf(blocks, blockCount * 2);
    }
    blocks[blockCount++] = block;
  }

  /** Called by the ledger only. */
  public void removeLastBlock() {
    blockCount--;
  }

  /** Called by the ledger only. */
  public void clearBlocks() {
    blockCount = 0;
  }

  /**
   * How many of its first blocks have keys that the ledger remembers: it hashes the blocks of a
   * sequence that waits once, however often it looks them up. Tokens are only ever appended, so a
   * full block's key stays right.
   */
  public int keyCount() {
    return keyCount;
  }

  /** The key's first 64 bits. */
  public long keyHigh(int index) {
    return keys[2 * Objects.checkIndex(index, keyCount)];
  }

  /** The key's last 64 bits. */
  public long keyLow(int index) {
    return keys[2 * Objects.checkIndex(index, keyCount) + 1];
  }

  /** Called by the ledger only: the key of the next full block. */
  public void addKey(long high, long low) {
    if (2 * keyCount == keys.length) {
      keys = Arrays.copyOf(keys, Math.max(8, 2 * keys.length));
    }
    keys[2 * keyCount] = high;
    keys[2 * keyCount + 1] = low;
    keyCount++;
  }

  /** Called by the ledger only. */
  public void clearKeys() {
    keys = new long[0];
    keyCount = 0;
  }

  /** The first of its blocks that has a window block beside it. */
  public int windowFirst() {
    return windowFirst;
  }

  /** Called by the ledger only. */
  public void windowFirst(int index) {
    windowFirst = index;
  }

  /** The window block beside the block at {@code index}; -1 if the window no longer reaches it. */
  public int window(int index) {
    return windows[Objects.checkIndex(index, blockCount)];
  }

  /** Called by the ledger only. */
  public void window(int index, int block) {
    if (windows.length < blocks.length) {
      windows = Arrays.copyOf(windows, blocks.length);
    }
    windows[Objects.checkIndex(index, blockCount)] = block;
  }

  /** As {@link #blockTable}, of window blocks; empty if no layer of its model sees a window. */
  public int[] windowTable() {
    return windows;
  }

  /**
   * The slot that holds its recurrent state; -1 while it does not run, and always if its model has
   * no recurrent layers.
   */
  public int slot() {
    return slot;
  }

  /** Called by the ledger only; -1 takes the slot away. */
  public void slot(int value) {
    slot = value;
  }

  @Override
  public String toString() {
    return "sequence %d (prompt %d, made %d, computed %d)"
        .formatted(id, promptLength, made(), computed);
  }
}
