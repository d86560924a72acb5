package dev.tangram.schedule.block;

import dev.tangram.schedule.Invariant;
import dev.tangram.schedule.Sequence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Which KV blocks belong to whom. A block is free, held (by one or more sequences) or cached (held
 * by none, but a prefix that a later sequence may take over). {@code free + held + cached = total},
 * always.
 *
 * <p>Threads: owned by the scheduler's owner.
 */
public final class BlockLedger {
  private final int blockLength;
  private final int[] holders;
  private final PrefixIndex.Entry[] indexed;
  private final PrefixIndex index;
  // Null for a model without recurrent layers: every indexed block can then be taken over.
  private final StateLedger states;
  // Null for a model whose layers all see everything.
  private final WindowLedger windows;

  // The lowest free block first, so that memory is touched only as far as it is needed.
  private final PriorityQueue<Integer> free = new PriorityQueue<>();
  // Least recently released first. A taken-over block leaves lazily: its ticket no longer matches.
  private final ArrayDeque<Ticket> cachedOrder = new ArrayDeque<>();
  private final long[] tickets;
  private long ticketNext;
  private int held;
  private int cached;
  private long queriedTokens;
  private long hitTokens;

  private record Ticket(int block, long number) {}

  public BlockLedger(int blocks, int blockLength) {
    this(blocks, blockLength, null, null, PrefixIndex.sha256());
  }

  /**
   * @param states who holds which recurrent state; null if the model has no recurrent layers
   * @param windows the blocks of layers that see a window; null if the model has none
   */
  public BlockLedger(int blocks, int blockLength, StateLedger states, WindowLedger windows) {
    this(blocks, blockLength, states, windows, PrefixIndex.sha256());
  }

  /**
   * A ledger whose prefix keys can be forged, for simulations: nobody there would. It decides what
   * any other ledger does, because tokens are compared on every hit.
   */
  public static BlockLedger withQuickKeys(
      int blocks, int blockLength, StateLedger states, WindowLedger windows) {
    return new BlockLedger(blocks, blockLength, states, windows, PrefixIndex.quick());
  }

  BlockLedger(
      int blocks,
      int blockLength,
      StateLedger states,
      WindowLedger windows,
      PrefixIndex.Hash hash) {
    if (blocks < 1 || blockLength < 1) {
      throw new IllegalArgumentException(
          "blocks %d, blockLength %d: each must be at least 1".formatted(blocks, blockLength));
    }
    this.blockLength = blockLength;
    this.holders = new int[blocks];
    this.tickets = new long[blocks];
    this.indexed = new PrefixIndex.Entry[blocks];
    this.index = new PrefixIndex(hash);
    this.states = states;
    this.windows = windows;
    Invariant.check(
        states == null || states.blockLength() == blockLength,
        "snapshots stand at other boundaries than blocks of %d end",
        blockLength);
    Invariant.check(
        windows == null || windows.blocks() == blocks,
        "windows beside other blocks than %d",
        blocks);
    for (int i = 0; i < blocks; i++) {
      free.add(i);
    }
  }

  public int total() {
    return holders.length;
  }

  public int held() {
    return held;
  }

  public int cached() {
    return cached;
  }

  /** Blocks that a sequence could have now: free ones and cached ones. */
  public int available() {
    return free.size() + cached;
  }

  public int blockLength() {
    return blockLength;
  }

  /** Who holds which recurrent state; null if the model has no recurrent layers. */
  public StateLedger states() {
    return states;
  }

  /** Whether all of the sequence's tokens could have blocks now. */
  public boolean fits(Sequence sequence) {
    int missing = blocksFor(sequence.length()) - sequence.blockCount();
    return missing <= available() && (windows == null || windows.fits(sequence, missing));
  }

  /** Blocks that {@code tokens} positions need. */
  public int blocksFor(int tokens) {
    return Math.ceilDiv(tokens, blockLength);
  }

  /** Prompt tokens looked up since start. */
  public long queriedTokens() {
    return queriedTokens;
  }

  /** Of these, tokens found. */
  public long hitTokens() {
    return hitTokens;
  }

  /**
   * Gives a fresh sequence the longest cached prefix of its tokens, in whole blocks, and leaves at
   * least one token to run, because somebody has to make the logits. With recurrent layers the
   * prefix ends at a block that has a snapshot: keys and values alone cannot be gone on from. With
   * layers that see a window it ends where the last window is still there.
   */
  public void attachPrefix(Sequence sequence) {
    Invariant.check(sequence.blockCount() == 0, "%s has blocks already", sequence);
    queriedTokens += sequence.length();
    if (sequence.scoresPrompt() && sequence.made() == 0) {
      return;
    }
    int blocksMax = (sequence.length() - 1) / blockLength;
    PrefixIndex.Key key = PrefixIndex.start(sequence.scope());
    PrefixIndex.Entry parent = null;
    List<PrefixIndex.Entry> chain = new ArrayList<>();
    int usable = 0;
    // Without a gap, window blocks are there from here on.
    int seenFrom = 0;
    for (int i = 0; i < blocksMax; i++) {
      int[] tokens = tokensOf(sequence, i);
      key = rememberedKey(sequence, i, key, tokens);
      PrefixIndex.Entry entry = index.find(key, parent, tokens);
      if (entry == null) {
        break;
      }
      chain.add(entry);
      if (windows != null && !windows.has(entry.block())) {
        seenFrom = chain.size();
      }
      boolean seen = windows == null || windows.firstSeen(chain.size() * blockLength) >= seenFrom;
      if (seen && (states == null || states.hasSnapshot(entry.block()))) {
        usable = chain.size();
      }
      parent = entry;
    }
    for (PrefixIndex.Entry entry : chain.subList(0, usable)) {
      hold(entry.block());
      sequence.addBlock(entry.block());
    }
    sequence.startFrom(sequence.blockCount() * blockLength);
    if (windows != null) {
      windows.attach(sequence);
    }
    hitTokens += (long) sequence.blockCount() * blockLength;
  }

  /**
   * The first of the line is looked up in every step until it fits: what has been cached meanwhile
   * is found, but only blocks that no lookup came to before are hashed.
   */
  private PrefixIndex.Key rememberedKey(
      Sequence sequence, int blockIndex, PrefixIndex.Key previous, int[] tokens) {
    if (blockIndex < sequence.keyCount()) {
      return new PrefixIndex.Key(sequence.keyHigh(blockIndex), sequence.keyLow(blockIndex));
    }
    PrefixIndex.Key key = index.next(previous, tokens);
    sequence.addKey(key.high(), key.low());
    return key;
  }

  /**
   * Gives the sequence blocks for {@code tokens} positions, or changes nothing and returns false.
   */
  public boolean extend(Sequence sequence, int tokens) {
    int missing = blocksFor(tokens) - sequence.blockCount();
    if (missing > available() || (windows != null && missing > windows.available())) {
      return false;
    }
    for (int i = 0; i < missing; i++) {
      int block = take();
      holders[block] = 1;
      held++;
      sequence.addBlock(block);
      if (windows != null) {
        windows.add(sequence);
      }
    }
    return true;
  }

  /** Takes back the blocks behind the one that holds the sequence's last token. */
  public void trim(Sequence sequence) {
    int keep = blocksFor(sequence.length());
    for (int i = sequence.blockCount() - 1; i >= keep; i--) {
      int block = sequence.block(i);
      Invariant.check(
          holders[block] == 1 && indexed[block] == null,
          "block %d of %s holds nothing but is shared",
          block,
          sequence);
      if (windows != null) {
        windows.removeLast(sequence);
      }
      sequence.removeLastBlock();
      holders[block] = 0;
      held--;
      free.add(block);
    }
  }

  /**
   * Puts the sequence's full, computed blocks into the prefix index. Called after each step that
   * advanced it.
   *
   * @return the block that stands in the index for the sequence's last full block: its own, or one
   *     that an equal prefix had listed before; -1 if no block became full
   */
  public int publish(Sequence sequence, int computedBefore) {
    // It runs, so nobody looks it up before it gives way.
    sequence.clearKeys();
    int listed = list(sequence, computedBefore);
    if (windows != null) {
      windows.advance(sequence);
    }
    return listed;
  }

  private int list(Sequence sequence, int computedBefore) {
    int from = computedBefore / blockLength;
    int to = sequence.computed() / blockLength;
    if (from == to) {
      return -1;
    }
    // The chain so far: the last block that is indexed knows its key. A block that lost a race to
    // an equal prefix is not indexed itself, and then the chain is walked again from the start.
    PrefixIndex.Entry parent = from == 0 ? null : indexed[sequence.block(from - 1)];
    int first = from;
    if (from > 0 && parent == null) {
      first = 0;
    }
    PrefixIndex.Key key = parent == null ? PrefixIndex.start(sequence.scope()) : parent.key();
    for (int i = first; i < to; i++) {
      int[] tokens = tokensOf(sequence, i);
      key = index.next(key, tokens);
      int block = sequence.block(i);
      PrefixIndex.Entry there = index.at(key);
      if (there != null && there.parent() == parent && Arrays.equals(there.tokens(), tokens)) {
        parent = there;
        if (there.block() != block && holders[there.block()] == 0) {
          replace(there, block);
        }
        name(sequence, i, there.block());
        continue;
      }
      if (indexed[block] != null) {
        // Still listed under a chain whose parent was evicted: list it anew.
        unlist(block);
      }
      if (there != null && indexed[there.block()] == there) {
        unlist(there.block());
      }
      PrefixIndex.Entry entry = new PrefixIndex.Entry(key, parent, tokens, block);
      index.put(entry);
      indexed[block] = entry;
      parent = entry;
      name(sequence, i, block);
    }
    return parent.block();
  }

  /**
   * Nobody holds what was listed, and could not go on from it, or would have: the same in a block
   * that is held outlives it.
   */
  private void replace(PrefixIndex.Entry entry, int block) {
    if (indexed[block] != null) {
      unlist(block);
    }
    int old = entry.block();
    if (states != null) {
      states.move(old, block);
    }
    if (windows != null) {
      windows.move(old, block);
    }
    entry.block(block);
    indexed[block] = entry;
    indexed[old] = null;
    tickets[old] = 0;
    cached--;
    free.add(old);
  }

  private void name(Sequence sequence, int index, int listed) {
    if (windows != null) {
      windows.name(sequence, index, listed);
    }
  }

  /**
   * Takes all blocks from a sequence. Those that are an indexed prefix stay cached, the others
   * become free.
   */
  public void release(Sequence sequence) {
    if (windows != null) {
      windows.release(sequence);
    }
    // Last block first: the oldest cached block is then a leaf, and evicting it orphans nothing.
    for (int i = sequence.blockCount() - 1; i >= 0; i--) {
      int block = sequence.block(i);
      Invariant.check(
          holders[block] > 0, "block %d released by %s but held by none", block, sequence);
      if (--holders[block] == 0) {
        held--;
        if (indexed[block] == null) {
          free.add(block);
        } else {
          cached++;
          tickets[block] = ++ticketNext;
          cachedOrder.add(new Ticket(block, ticketNext));
        }
      }
    }
    sequence.clearBlocks();
    if (cachedOrder.size() > 2 * total() + 16) {
      cachedOrder.removeIf(ticket -> tickets[ticket.block] != ticket.number);
    }
  }

  /** Checks conservation; cheap enough to call whenever the engine is idle. */
  public void check(Iterable<Sequence> holdersExpected) {
    int[] expected = new int[holders.length];
    for (Sequence sequence : holdersExpected) {
      for (int i = 0; i < sequence.blockCount(); i++) {
        expected[sequence.block(i)]++;
      }
    }
    int heldNow = 0;
    for (int block = 0; block < holders.length; block++) {
      Invariant.check(
          holders[block] == expected[block],
          "block %d has %d holders, the sequences say %d",
          block,
          holders[block],
          expected[block]);
      heldNow += holders[block] > 0 ? 1 : 0;
    }
    Invariant.check(heldNow == held, "held is %d, counted %d", held, heldNow);
    Invariant.check(
        free.size() + held + cached == total(),
        "free %d + held %d + cached %d = total %d",
        free.size(),
        held,
        cached,
        total());
    if (states != null) {
      states.check(holdersExpected, block -> indexed[block] != null);
    }
    if (windows != null) {
      windows.check(holdersExpected);
    }
  }

  private int[] tokensOf(Sequence sequence, int blockIndex) {
    int[] tokens = new int[blockLength];
    for (int i = 0; i < blockLength; i++) {
      tokens[i] = sequence.token(blockIndex * blockLength + i);
    }
    return tokens;
  }

  private void hold(int block) {
    if (holders[block]++ == 0) {
      held++;
      cached--;
      tickets[block] = 0;
    }
  }

  private int take() {
    Integer block = free.poll();
    if (block != null) {
      return block;
    }
    while (true) {
      Ticket oldest = cachedOrder.poll();
      Invariant.check(oldest != null, "no cached block left though %d are counted", cached);
      if (tickets[oldest.block] == oldest.number) {
        tickets[oldest.block] = 0;
        cached--;
        forget(oldest.block);
        return oldest.block;
      }
    }
  }

  /** Removes a block from the index; if nobody holds it, it becomes free. */
  private void unlist(int block) {
    forget(block);
    if (holders[block] == 0) {
      tickets[block] = 0;
      cached--;
      free.add(block);
    }
  }

  private void forget(int block) {
    index.remove(indexed[block]);
    indexed[block] = null;
    if (states != null) {
      states.drop(block);
    }
    if (windows != null) {
      windows.drop(block);
    }
  }

  /** Blocks that are cached and their tokens, for tests. */
  List<Integer> cachedBlocks() {
    List<Integer> blocks = new ArrayList<>();
    for (Ticket ticket : cachedOrder) {
      if (tickets[ticket.block] == ticket.number) {
        blocks.add(ticket.block);
      }
    }
    return blocks;
  }
}
