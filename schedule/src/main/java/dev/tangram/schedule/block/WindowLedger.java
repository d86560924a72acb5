package dev.tangram.schedule.block;

import dev.tangram.schedule.Invariant;
import dev.tangram.schedule.Sequence;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Where layers that see only a window keep their keys and values: in blocks of their own, one
 * beside each block that a sequence has, but only as long as the window reaches it. A window block
 * is pinned by the sequences that still see it, or cached beside an indexed block, or free. A
 * prefix can be taken over where the window blocks of the last window before it are there.
 *
 * <p>Threads: owned by the scheduler's owner.
 */
public final class WindowLedger {
  private static final int NONE = -1;

  private final int window;
  private final int blockLength;
  private final int perSequenceMax;

  // By window block: sequences that see it, and the indexed block beside which it is found.
  private final int[] pins;
  private final int[] beside;
  private final long[] tickets;
  // By block.
  private final int[] windowOf;

  private final PriorityQueue<Integer> free = new PriorityQueue<>();
  // Least recently seen first. One that is seen again leaves lazily: its ticket no longer matches.
  private final ArrayDeque<Ticket> cachedOrder = new ArrayDeque<>();
  private long ticketNext;
  private int pinned;
  private int cached;

  private record Ticket(int block, long number) {}

  /**
   * @param blocks as of the block ledger
   * @param windowBlocks at least what one sequence needs: {@link #perSequence}, or as many as there
   *     are blocks
   * @param window positions that a token sees, itself included
   * @param stepTokensMax tokens in one step
   */
  public WindowLedger(
      int blocks, int windowBlocks, int window, int stepTokensMax, int blockLength) {
    this.window = window;
    this.blockLength = blockLength;
    this.perSequenceMax = perSequence(window, stepTokensMax, blockLength);
    if (windowBlocks < Math.min(blocks, perSequenceMax)) {
      throw new IllegalArgumentException(
          "windowBlocks %d: allowed: at least %d"
              .formatted(windowBlocks, Math.min(blocks, perSequenceMax)));
    }
    this.pins = new int[windowBlocks];
    this.beside = new int[windowBlocks];
    this.tickets = new long[windowBlocks];
    this.windowOf = new int[blocks];
    Arrays.fill(beside, NONE);
    Arrays.fill(windowOf, NONE);
    for (int i = 0; i < windowBlocks; i++) {
      free.add(i);
    }
  }

  /** Most window blocks that a sequence needs at once, in a step of {@code stepTokens} tokens. */
  public static int perSequence(int window, int stepTokens, int blockLength) {
    return (int) Math.ceilDiv((long) window - 1 + stepTokens, blockLength) + 1;
  }

  public int total() {
    return pins.length;
  }

  public int pinned() {
    return pinned;
  }

  /** Window blocks that a sequence could have now. */
  int available() {
    return free.size() + cached;
  }

  /** Whether a sequence that lacks {@code missing} blocks could run through all of them. */
  boolean fits(Sequence sequence, int missing) {
    int seen = sequence.blockCount() - sequence.windowFirst();
    return Math.min(missing, perSequenceMax - seen) <= available();
  }

  /** Blocks that this works beside. */
  int blocks() {
    return windowOf.length;
  }

  /** Whether the keys and values of this indexed block are here. */
  boolean has(int block) {
    return windowOf[block] != NONE;
  }

  /** The first block that a token at this position sees. */
  int firstSeen(int position) {
    return Math.max(0, position - window + 1) / blockLength;
  }

  /** A sequence took over a prefix: it sees the last window of that. */
  void attach(Sequence sequence) {
    int first = firstSeen(sequence.computed());
    sequence.windowFirst(first);
    for (int i = 0; i < sequence.blockCount(); i++) {
      int here = i < first ? NONE : windowOf[sequence.block(i)];
      Invariant.check(i < first || here != NONE, "%s cannot see block %d", sequence, i);
      sequence.window(i, here);
      if (here != NONE) {
        pin(here);
      }
    }
  }

  /** The sequence got a fresh block as its last one. */
  void add(Sequence sequence) {
    int here = take();
    pin(here);
    sequence.window(sequence.blockCount() - 1, here);
  }

  /** The sequence gives up its last block, which was never computed. */
  void removeLast(Sequence sequence) {
    int last = sequence.blockCount() - 1;
    unpin(sequence.window(last));
    sequence.window(last, NONE);
  }

  /** From now on a sequence's block is found in the index as this block. */
  void name(Sequence sequence, int index, int block) {
    if (index < sequence.windowFirst() || windowOf[block] != NONE) {
      return;
    }
    int here = sequence.window(index);
    if (beside[here] == NONE) {
      beside[here] = block;
      windowOf[block] = here;
    }
  }

  /** What one block held in the index, another holds now. */
  void move(int block, int to) {
    int here = windowOf[block];
    if (here != NONE) {
      windowOf[block] = NONE;
      windowOf[to] = here;
      beside[here] = to;
    }
  }

  /** The block is no longer in the index. */
  void drop(int block) {
    int here = windowOf[block];
    if (here == NONE) {
      return;
    }
    windowOf[block] = NONE;
    beside[here] = NONE;
    if (pins[here] == 0) {
      cached--;
      tickets[here] = 0;
      free.add(here);
    }
  }

  /** A step has ended: blocks that the sequence no longer sees are given up. */
  void advance(Sequence sequence) {
    int first = Math.min(firstSeen(sequence.computed()), sequence.blockCount());
    for (int i = sequence.windowFirst(); i < first; i++) {
      unpin(sequence.window(i));
      sequence.window(i, NONE);
    }
    sequence.windowFirst(Math.max(first, sequence.windowFirst()));
  }

  void release(Sequence sequence) {
    for (int i = sequence.blockCount() - 1; i >= sequence.windowFirst(); i--) {
      unpin(sequence.window(i));
    }
    sequence.windowFirst(0);
    if (cachedOrder.size() > 2 * total() + 16) {
      cachedOrder.removeIf(ticket -> tickets[ticket.block] != ticket.number);
    }
  }

  private void pin(int here) {
    if (pins[here]++ == 0) {
      pinned++;
      if (tickets[here] != 0) {
        tickets[here] = 0;
        cached--;
      }
    }
  }

  private void unpin(int here) {
    Invariant.check(pins[here] > 0, "window block %d is given up but nobody sees it", here);
    if (--pins[here] > 0) {
      return;
    }
    pinned--;
    if (beside[here] == NONE) {
      free.add(here);
    } else {
      cached++;
      tickets[here] = ++ticketNext;
      cachedOrder.add(new Ticket(here, ticketNext));
    }
  }

  private int take() {
    Integer here = free.poll();
    while (here == null) {
      Ticket oldest = cachedOrder.poll();
      Invariant.check(oldest != null, "no cached window block though %d are counted", cached);
      if (tickets[oldest.block] == oldest.number) {
        drop(beside[oldest.block]);
        here = free.poll();
      }
    }
    return here;
  }

  /** Checks conservation. */
  void check(Iterable<Sequence> running) {
    int[] expected = new int[pins.length];
    for (Sequence sequence : running) {
      for (int i = sequence.windowFirst(); i < sequence.blockCount(); i++) {
        expected[sequence.window(i)]++;
      }
    }
    int pinnedNow = 0;
    int cachedNow = 0;
    for (int i = 0; i < pins.length; i++) {
      Invariant.check(
          pins[i] == expected[i],
          "window block %d has %d pins, the sequences say %d",
          i,
          pins[i],
          expected[i]);
      Invariant.check(
          beside[i] == NONE || windowOf[beside[i]] == i,
          "window block %d is not found beside block %d",
          i,
          beside[i]);
      pinnedNow += pins[i] > 0 ? 1 : 0;
      cachedNow += pins[i] == 0 && beside[i] != NONE ? 1 : 0;
    }
    Invariant.check(
        pinnedNow == pinned && cachedNow == cached && pinned + cached + free.size() == total(),
        "window blocks: pinned %d of %d, cached %d of %d, free %d, in all %d",
        pinnedNow,
        pinned,
        cachedNow,
        cached,
        free.size(),
        total());
  }
}
