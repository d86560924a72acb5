package dev.tangram.schedule.block;

import dev.tangram.schedule.Invariant;
import dev.tangram.schedule.Sequence;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Whose recurrent state lies where. Keys and values of a prefix can be taken over at any block's
 * end, a recurrent state only where a copy of it was kept. So every running sequence has a slot,
 * and the slots after those hold snapshots: states after the last token of an indexed block.
 *
 * <p>Snapshots are taken
 *
 * <ul>
 *   <li>at the last block end before the end of a prompt, so that the same prompt, or a longer one,
 *       finds it;
 *   <li>every {@code interval} tokens of a prompt;
 *   <li>at every block end after that, where the sequence's earlier such snapshot, the trailing
 *       one, is given up for it unless somebody has used it: preemption and the next turn of a chat
 *       go on from there.
 * </ul>
 *
 * <p>When all are in use, the least recently used goes. Trailing ones give way to each other once
 * they are half of all, so that long answers do not drive out prompts. A snapshot goes with its
 * block.
 *
 * <p>Threads: owned by the scheduler's owner.
 */
public final class StateLedger {
  private static final int FREE = -1;
  private static final int IN_FLIGHT = -2;

  private final int blockLength;
  private final int interval;

  // By slot of a running sequence. Snapshots are counted from 0 here; slot numbers follow the
  // slots of sequences.
  private final Sequence[] holders;
  private final int[] starts;
  private final int[] trailing;
  private final int[] filling;
  private final boolean[] fillsTrailing;
  // By slot: another one, on which the sequence runs while it is not known how far.
  private final int[] spareOf;
  private final boolean[] lent;
  private final int slots;
  private int spares;
  private int slotsFree;

  // By snapshot: the indexed block that it belongs to, who may replace it, when it was last used.
  private final int[] blockOf;
  private final int[] trails;
  private final long[] usedAt;
  private final Map<Integer, Integer> snapshotOf = new HashMap<>();
  private long uses;
  private long restored;

  /**
   * @param slots sequences that may run at once, at least 1
   * @param snapshots may be 0: then no prefix is ever taken over
   * @param blockLength as of the block ledger
   * @param interval tokens between the snapshots of a long prompt, a multiple of blockLength
   */
  public StateLedger(int slots, int snapshots, int blockLength, int interval) {
    this(slots, 0, snapshots, blockLength, interval);
  }

  /**
   * @param spares further slots: of sequences that may run drafts in one step
   */
  public StateLedger(int slots, int spares, int snapshots, int blockLength, int interval) {
    if (slots < 1
        || spares < 0
        || snapshots < 0
        || blockLength < 1
        || interval < 1
        || interval % blockLength != 0) {
      throw new IllegalArgumentException(
          "slots %d, snapshots %d, interval %d: allowed: at least 1, at least 0, a multiple of %d"
              .formatted(slots, snapshots, interval, blockLength));
    }
    this.blockLength = blockLength;
    this.interval = interval;
    int all = slots + spares;
    this.slots = slots;
    this.spares = spares;
    this.holders = new Sequence[all];
    this.starts = filled(all, StateOrder.NOTHING);
    this.trailing = filled(all, FREE);
    this.filling = filled(all, FREE);
    this.fillsTrailing = new boolean[all];
    this.spareOf = filled(all, FREE);
    this.lent = new boolean[all];
    this.slotsFree = slots;
    this.blockOf = filled(snapshots, FREE);
    this.trails = filled(snapshots, FREE);
    this.usedAt = new long[snapshots];
  }

  private static int[] filled(int length, int value) {
    int[] array = new int[length];
    Arrays.fill(array, value);
    return array;
  }

  /** Slots of sequences, spares included: snapshots come after them. */
  public int slots() {
    return holders.length;
  }

  public int snapshots() {
    return blockOf.length;
  }

  public int slotsFree() {
    return slotsFree;
  }

  /** Snapshots that a prefix could be taken over at now. */
  public int snapshotsHeld() {
    return snapshotOf.size();
  }

  /** Sequences that started from a snapshot since start. */
  public long restored() {
    return restored;
  }

  int blockLength() {
    return blockLength;
  }

  /** Whether a prefix that ends with this indexed block can be taken over. */
  boolean hasSnapshot(int block) {
    return snapshotOf.containsKey(block);
  }

  /** What one block held in the index, another holds now. */
  void move(int block, int to) {
    Integer snapshot = snapshotOf.remove(block);
    if (snapshot != null) {
      snapshotOf.put(to, snapshot);
      blockOf[snapshot] = to;
    }
  }

  /** The block is no longer in the index, and nobody finds its snapshot any more. */
  void drop(int block) {
    Integer snapshot = snapshotOf.get(block);
    if (snapshot != null) {
      free(snapshot);
    }
  }

  /**
   * Gives a sequence a slot. Its prefix was attached before: its first order is to start from the
   * snapshot at the end of that, or from nothing.
   */
  public void open(Sequence sequence) {
    Invariant.check(sequence.slot() < 0, "%s has a slot already", sequence);
    int slot = unused();
    holders[slot] = sequence;
    slotsFree--;
    sequence.slot(slot);
    if (sequence.computed() == 0) {
      starts[slot] = StateOrder.CLEAR;
      return;
    }
    Integer snapshot = snapshotOf.get(sequence.block(sequence.blockCount() - 1));
    Invariant.check(
        snapshot != null && sequence.computed() == sequence.blockCount() * blockLength,
        "%s starts where no snapshot is",
        sequence);
    keep(snapshot);
    usedAt[snapshot] = ++uses;
    restored++;
    starts[slot] = holders.length + snapshot;
  }

  /** Takes the slot away; what was to be kept of the step in flight is forgotten. */
  public void release(Sequence sequence) {
    int slot = slotOf(sequence);
    if (filling[slot] != FREE) {
      free(filling[slot]);
      filling[slot] = FREE;
    }
    if (trailing[slot] != FREE) {
      keep(trailing[slot]);
    }
    takeBack(slot);
    starts[slot] = StateOrder.NOTHING;
    holders[slot] = null;
    slotsFree++;
    sequence.slot(-1);
  }

  /** How many of the next {@code count} tokens a step may run, so that it ends at a snapshot. */
  public int cut(Sequence sequence, int count) {
    if (blockOf.length == 0) {
      return count;
    }
    int position = sequence.computed();
    int end = position + count;
    int next = (position / interval + 1) * interval;
    if (next < sequence.promptLength()) {
      end = Math.min(end, next);
    }
    end = cutAt(lastBoundary(sequence.promptLength()), position, end);
    end = cutAt(lastBoundary(sequence.length()), position, end);
    return end - position;
  }

  private static int cutAt(int boundary, int position, int end) {
    return boundary > position ? Math.min(end, boundary) : end;
  }

  /** The last block end that leaves a token to run. */
  private int lastBoundary(int length) {
    return (length - 1) / blockLength * blockLength;
  }

  /** The orders for a step that runs {@code count} more tokens of a sequence. */
  public StateOrder order(Sequence sequence, int count) {
    int slot = slotOf(sequence);
    int from = starts[slot];
    starts[slot] = StateOrder.NOTHING;
    int end = sequence.computed() + count;
    boolean kept =
        end == lastBoundary(sequence.promptLength())
            || (end % interval == 0 && end < sequence.promptLength());
    if (end % blockLength != 0 || !(kept || end >= lastBoundary(sequence.length()))) {
      return new StateOrder(slot, from, StateOrder.NOTHING);
    }
    int snapshot = take(slot, !kept);
    if (snapshot == FREE) {
      return new StateOrder(slot, from, StateOrder.NOTHING);
    }
    blockOf[snapshot] = IN_FLIGHT;
    filling[slot] = snapshot;
    fillsTrailing[slot] = !kept;
    return new StateOrder(slot, from, holders.length + snapshot);
  }

  /**
   * The step has run and its orders were carried out.
   *
   * @param listed the block that stands in the index for the sequence's last full block
   */
  public void ran(Sequence sequence, int listed) {
    int slot = slotOf(sequence);
    int snapshot = filling[slot];
    if (snapshot == FREE) {
      return;
    }
    filling[slot] = FREE;
    Integer there = snapshotOf.get(listed);
    if (there != null) {
      // An equal prefix was quicker.
      usedAt[there] = ++uses;
      free(snapshot);
      return;
    }
    blockOf[snapshot] = listed;
    snapshotOf.put(listed, snapshot);
    usedAt[snapshot] = ++uses;
    if (fillsTrailing[slot]) {
      trailing[slot] = snapshot;
      trails[snapshot] = slot;
    }
  }

  /**
   * How many of {@code count} drafts a step may run after the one pending token of a sequence: they
   * need a slot to run on, because the state before them must stay, and end at most where a
   * snapshot is due.
   */
  public int draftsMax(Sequence sequence, int count) {
    if (spares == 0 || starts[slotOf(sequence)] != StateOrder.NOTHING) {
      return 0;
    }
    int toBlockEnd = blockLength - 1 - sequence.computed() % blockLength;
    return blockOf.length == 0 ? count : Math.min(count, toBlockEnd);
  }

  /** The orders for a step with drafts: it runs on a copy of the state. */
  public StateOrder draftOrder(Sequence sequence) {
    int slot = slotOf(sequence);
    Invariant.check(spares > 0 && spareOf[slot] == FREE, "%s has no spare slot", sequence);
    int spare = unused();
    spares--;
    lent[spare] = true;
    spareOf[slot] = spare;
    return new StateOrder(spare, slot, StateOrder.NOTHING);
  }

  /**
   * A step with drafts has run. If all were right, the copy is the sequence's state from now on;
   * else what was right must be run again on the state that was kept, which stays its own.
   *
   * @param listed as for {@link #ran}
   * @return where to copy the sequence's state, or {@link StateOrder#NOTHING}
   */
  public int settle(Sequence sequence, boolean allRight, int listed) {
    int home = slotOf(sequence);
    int spare = spareOf[home];
    takeBack(home);
    if (!allRight) {
      return StateOrder.NOTHING;
    }
    holders[home] = null;
    holders[spare] = sequence;
    sequence.slot(spare);
    trailing[spare] = trailing[home];
    trailing[home] = FREE;
    if (trailing[spare] != FREE) {
      trails[trailing[spare]] = spare;
    }
    int snapshot = sequence.computed() % blockLength == 0 ? take(spare, true) : FREE;
    if (snapshot == FREE) {
      return StateOrder.NOTHING;
    }
    blockOf[snapshot] = IN_FLIGHT;
    filling[spare] = snapshot;
    fillsTrailing[spare] = true;
    ran(sequence, listed);
    return blockOf[snapshot] == FREE ? StateOrder.NOTHING : holders.length + snapshot;
  }

  private void takeBack(int slot) {
    if (spareOf[slot] != FREE) {
      lent[spareOf[slot]] = false;
      spareOf[slot] = FREE;
      spares++;
    }
  }

  private int unused() {
    int slot = 0;
    while (holders[slot] != null || lent[slot]) {
      slot++;
    }
    return slot;
  }

  private int slotOf(Sequence sequence) {
    int slot = sequence.slot();
    Invariant.check(slot >= 0 && holders[slot] == sequence, "%s does not hold a slot", sequence);
    return slot;
  }

  /** A snapshot to be filled, or FREE if all are being filled. */
  private int take(int slot, boolean forTrailing) {
    if (forTrailing && trailing[slot] != FREE) {
      int mine = trailing[slot];
      free(mine);
      return mine;
    }
    int oldest = FREE;
    int oldestTrailing = FREE;
    int trailingCount = 0;
    for (int i = 0; i < blockOf.length; i++) {
      if (blockOf[i] == FREE) {
        return i;
      }
      if (blockOf[i] == IN_FLIGHT) {
        continue;
      }
      oldest = older(i, oldest);
      if (trails[i] != FREE) {
        oldestTrailing = older(i, oldestTrailing);
        trailingCount++;
      }
    }
    int victim = forTrailing && 2 * trailingCount >= blockOf.length ? oldestTrailing : oldest;
    if (victim != FREE) {
      free(victim);
    }
    return victim;
  }

  private int older(int snapshot, int than) {
    return than == FREE || usedAt[snapshot] < usedAt[than] ? snapshot : than;
  }

  /** From now on nobody replaces it. */
  private void keep(int snapshot) {
    if (trails[snapshot] != FREE) {
      trailing[trails[snapshot]] = FREE;
      trails[snapshot] = FREE;
    }
  }

  private void free(int snapshot) {
    keep(snapshot);
    if (blockOf[snapshot] >= 0) {
      snapshotOf.remove(blockOf[snapshot]);
    }
    blockOf[snapshot] = FREE;
  }

  /** Checks, between steps, that every slot and every snapshot has exactly one use. */
  void check(Iterable<Sequence> running, IntPredicate indexed) {
    int heldExpected = 0;
    for (Sequence sequence : running) {
      slotOf(sequence);
      heldExpected++;
    }
    int held = 0;
    for (int slot = 0; slot < holders.length; slot++) {
      held += holders[slot] == null ? 0 : 1;
      Invariant.check(!lent[slot] && spareOf[slot] == FREE, "slot %d: a step is in flight", slot);
      Invariant.check(filling[slot] == FREE, "slot %d: a snapshot is in flight", slot);
      Invariant.check(
          trailing[slot] == FREE || (holders[slot] != null && trails[trailing[slot]] == slot),
          "slot %d: trailing snapshot %d is not its own",
          slot,
          trailing[slot]);
    }
    Invariant.check(
        held == heldExpected && held + slotsFree == slots && slots + spares == holders.length,
        "slots: %d held, %d running, %d free, %d spare, %d in all",
        held,
        heldExpected,
        slotsFree,
        spares,
        holders.length);
    int attached = 0;
    for (int i = 0; i < blockOf.length; i++) {
      Invariant.check(blockOf[i] != IN_FLIGHT, "snapshot %d is in flight", i);
      if (blockOf[i] != FREE) {
        attached++;
        Integer there = snapshotOf.get(blockOf[i]);
        Invariant.check(
            there != null && there == i && indexed.test(blockOf[i]),
            "snapshot %d belongs to block %d, which does not know it",
            i,
            blockOf[i]);
      }
    }
    Invariant.check(
        attached == snapshotOf.size(),
        "%d snapshots, %d blocks have one",
        attached,
        snapshotOf.size());
  }
}
