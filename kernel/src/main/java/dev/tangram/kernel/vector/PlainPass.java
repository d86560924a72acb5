package dev.tangram.kernel.vector;

import dev.tangram.kernel.KvMemory;
import java.lang.foreign.MemorySegment;

/** f32 without registers, in a process that is too young for them. */
final class PlainPass implements RunPass {
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;
  private static final int RUN = AttentionTile.RUN;

  // A block's keys or values.
  private float[] plain = new float[0];

  @Override
  public void keys(AttentionTile tile, int start, int least, int most) {
    int size = tile.size();
    for (int j = least / BLOCK * BLOCK; j < most; j += BLOCK) {
      int block = tile.block(start + j);
      copy(tile.memory(block), tile.keys(block), size * BLOCK);
      for (int i = 0; i < tile.queries(); i++) {
        if (tile.seen(i, 1, j)) {
          PlainLoops.scores(
              plain, size, tile.q(), i * size, tile.scale(), tile.scores(), i * RUN + j);
        }
      }
    }
  }

  @Override
  public void values(AttentionTile tile, int start, int least, int most, float[] parts, int at) {
    int size = tile.size();
    int row = tile.kv().type().rowLength(size);
    for (int j = least / BLOCK * BLOCK; j < most; j += BLOCK) {
      int block = tile.block(start + j);
      MemorySegment memory =
          Unpacked.values(
              tile.kv(),
              tile.memory(block),
              tile.keys(block),
              Math.max(0, least - j),
              Math.min(BLOCK, most - j),
              tile.reader());
      copy(memory, 0, row * BLOCK);
      for (int i = 0; i < tile.queries(); i++) {
        if (tile.seen(i, 1, j)) {
          int to = at + i * tile.partLength();
          PlainLoops.values(plain, row, tile.scores(), i * RUN + j, parts, to, size);
        }
      }
    }
  }

  private void copy(MemorySegment memory, long at, int floats) {
    if (plain.length < floats) {
      plain = new float[floats];
    }
    MemorySegment.copy(memory, Unpacked.FLOAT, at, plain, 0, floats);
  }
}
