package dev.tangram.kernel.vector;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/** By {@link RunSums}: blocks as they are stored, or, of q8_0, turned into floats one by one. */
final class SumsPass implements RunPass {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;
  private static final int AHEAD = BlockReader.AHEAD;

  // Addresses of a run's blocks and of those that are told of; of a copy of one.
  private final long[] places = new long[AttentionTile.RUN / BLOCK + AHEAD];
  private final long[] copied = new long[1 + AHEAD];

  @Override
  public void keys(AttentionTile tile, int start, int least, int most) {
    KvMemory kv = tile.kv();
    int begin = least / BLOCK * BLOCK;
    long bytes = kv.type().keyBytes(tile.size());
    if (kv.type() != KvType.Q8_0) {
      int blocks = Math.ceilDiv(most - begin, BLOCK);
      find(tile, start + begin, blocks, 0, bytes);
      scores(tile, places, blocks, begin);
      return;
    }
    for (int j = begin; j < most; j += BLOCK) {
      tell(tile, start + j, 0, bytes);
      int block = tile.block(start + j);
      MemorySegment floats = Unpacked.keys(kv, tile.memory(block), tile.keys(block), tile.reader());
      Arrays.fill(copied, floats.address());
      scores(tile, copied, 1, j);
    }
  }

  private static void scores(AttentionTile tile, long[] keys, int blocks, int at) {
    tile.sums().scores(keys, 0, blocks, tile.q(), tile.padded(), tile.scale(), tile.scores(), at);
  }

  @Override
  public void values(AttentionTile tile, int start, int least, int most, float[] parts, int at) {
    KvMemory kv = tile.kv();
    int begin = least / BLOCK * BLOCK;
    int blocks = Math.ceilDiv(most - begin, BLOCK);
    long offset = kv.type().keyBytes(tile.size());
    long bytes = kv.type().valueBytes(tile.size());
    boolean quants = kv.type() == KvType.Q8_0;
    if (!quants) {
      find(tile, start + begin, blocks, offset, bytes);
    }
    // Whole blocks that were not met yet, in the order of positions.
    int from = 0;
    for (int i = 0; i < blocks; i++) {
      int j = begin + i * BLOCK;
      int first = Math.max(0, least - j);
      int last = Math.min(BLOCK, most - j);
      if (quants || first > 0 || last < BLOCK) {
        whole(tile, from, i, begin, parts, at);
        from = i + 1;
        int block = tile.block(start + j);
        MemorySegment memory = tile.memory(block);
        // Positions that nobody sees may hold anything, NaN too, which no share of 0 makes 0.
        if (quants) {
          tell(tile, start + j, offset, bytes);
          memory = Unpacked.values(kv, memory, tile.keys(block), first, last, tile.reader());
        } else {
          memory = Unpacked.stored(kv, memory, tile.keys(block) + offset, first, last);
        }
        Arrays.fill(copied, memory.address());
        values(tile, copied, 0, 1, j, parts, at);
      }
    }
    whole(tile, from, blocks, begin, parts, at);
  }

  /** Blocks [from, to) of the run, as they are stored. */
  private void whole(AttentionTile tile, int from, int to, int begin, float[] parts, int at) {
    if (from < to) {
      values(tile, places, from, to - from, begin + from * BLOCK, parts, at);
    }
  }

  private static void values(
      AttentionTile tile, long[] places, int from, int blocks, int shares, float[] out, int to) {
    tile.sums().values(places, from, blocks, tile.scores(), shares, tile.padded(), out, to);
  }

  /**
   * Sets {@link #places}: of the blocks from a position on, and of the next; the last one's own for
   * those that are not there.
   *
   * @param offset from a block's keys on
   */
  private void find(AttentionTile tile, int position, int blocks, long offset, long bytes) {
    for (int i = 0; i < blocks + AHEAD; i++) {
      int at = position + i * BLOCK;
      places[i] =
          i >= blocks && at >= tile.positions() ? places[i - 1] : place(tile, at, offset, bytes);
    }
  }

  /** Tells of a block that is turned into floats later. */
  private static void tell(AttentionTile tile, int position, long offset, long bytes) {
    int later = position + AHEAD * BLOCK;
    if (later < tile.positions()) {
      tile.reader().bring(place(tile, later, offset, bytes), bytes);
    }
  }

  private static long place(AttentionTile tile, int position, long offset, long bytes) {
    int block = tile.block(position);
    MemorySegment memory = tile.memory(block);
    long at = tile.keys(block) + offset;
    Objects.checkFromIndexSize(at, bytes, memory.byteSize());
    return memory.address() + at;
  }
}
