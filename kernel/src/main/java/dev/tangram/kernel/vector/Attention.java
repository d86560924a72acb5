package dev.tangram.kernel.vector;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.Workers;
import java.util.List;

/**
 * Causal attention over block-wise memory: shares out the work in {@link AttentionTile}s.
 *
 * <p>Where there are fewer tiles than threads could use and a long context, as in decoding one
 * sequence, the runs of positions of a tile are shared out too and blended afterwards: the same
 * sums, bit for bit.
 */
final class Attention {
  /** Fewer tiles than this for each thread, and some threads may end long before others. */
  private static final int TILES_PER_THREAD = 4;

  /** Floats that runs may leave: 16 MB. */
  private static final int PARTS_MAX = 4 << 20;

  /**
   * What runs leave, of one call at a time; of the caller's thread. Grows to the longest context.
   */
  private static final ThreadLocal<float[]> PARTS = ThreadLocal.withInitial(() -> new float[0]);

  private final KvMemory kv;
  private final int layer;
  private final List<Span> spans;
  private final int heads;
  private final float scale;
  private final int window;
  private final float[] q;
  private final float[] y;
  private final BlockReader reader;

  // Heads and rows of a tile.
  private final int tileHeads;
  private final int tileRows;
  // Tiles of the spans before each.
  private final Chunks tiles;

  private Attention(
      KvMemory kv,
      int layer,
      List<Span> spans,
      int heads,
      float scale,
      int window,
      float[] q,
      float[] y,
      BlockReader reader) {
    this.kv = kv;
    this.layer = layer;
    this.spans = spans;
    this.heads = heads;
    this.scale = scale;
    this.window = window;
    this.q = q;
    this.y = y;
    this.reader = reader;
    int group = heads / kv.kvHeads();
    tileHeads = Math.min(group, AttentionTile.QUERIES_MAX);
    tileRows = AttentionTile.QUERIES_MAX / tileHeads;
    tiles = new Chunks(spans.size());
    for (Span span : spans) {
      tiles.add(kv.kvHeads() * Math.ceilDiv(group, tileHeads) * rowTiles(span));
    }
  }

  static void attend(
      KvMemory kv,
      int layer,
      List<Span> spans,
      int heads,
      float scale,
      int window,
      float[] q,
      float[] y,
      BlockReader reader,
      Workers workers) {
    Attention all = new Attention(kv, layer, spans, heads, scale, window, q, y, reader);
    int tiles = all.tiles.total();
    if (tiles >= TILES_PER_THREAD * workers.threads() || !all.byRuns(workers)) {
      workers.run(tiles, all::whole);
    }
  }

  private int rowTiles(Span span) {
    return Math.ceilDiv(span.count(), tileRows);
  }

  /** The calling thread's tile, set to number {@code i}. */
  private AttentionTile tile(int i) {
    int piece = tiles.piece(i);
    int within = tiles.within(i, piece);
    Span span = spans.get(piece);
    int firstRow = within % rowTiles(span) * tileRows;
    int slice = within / rowTiles(span);
    int group = heads / kv.kvHeads();
    int slices = Math.ceilDiv(group, tileHeads);
    int kvHead = slice / slices;
    int firstHead = slice % slices * tileHeads;
    AttentionTile tile = AttentionTile.here();
    tile.take(
        kv,
        layer,
        span,
        firstRow,
        Math.min(tileRows, span.count() - firstRow),
        kvHead,
        kvHead * group + firstHead,
        Math.min(tileHeads, group - firstHead),
        scale,
        window,
        reader);
    return tile;
  }

  /** One tile, run after run. */
  private void whole(int i) {
    AttentionTile tile = tile(i);
    tile.read(q, heads);
    float[] parts = parts(tile.partsLength());
    for (int run = tile.firstRun(); run < tile.endRun(); run++) {
      tile.run(run, parts, 0);
      tile.blend(parts, 0);
    }
    tile.write(y, heads);
  }

  /** Shares out runs; false if there is nothing to gain, or too much to keep. */
  private boolean byRuns(Workers workers) {
    Chunks runs = new Chunks(tiles.total());
    int[] starts = new int[tiles.total()];
    long length = 0;
    for (int i = 0; i < starts.length; i++) {
      AttentionTile tile = tile(i);
      int count = tile.endRun() - tile.firstRun();
      runs.add(count);
      starts[i] = (int) length;
      length += (long) count * tile.partsLength();
      if (length > PARTS_MAX) {
        return false;
      }
    }
    if (runs.total() == starts.length) {
      return false;
    }
    float[] parts = parts((int) length);
    workers.run(
        runs.total(),
        chunk -> {
          int i = runs.piece(chunk);
          int run = runs.within(chunk, i);
          AttentionTile tile = tile(i);
          tile.read(q, heads);
          tile.run(tile.firstRun() + run, parts, starts[i] + run * tile.partsLength());
        });
    for (int i = 0; i < starts.length; i++) {
      AttentionTile tile = tile(i);
      for (int run = 0; run < tile.endRun() - tile.firstRun(); run++) {
        tile.blend(parts, starts[i] + run * tile.partsLength());
      }
      tile.write(y, heads);
    }
    return true;
  }

  private static float[] parts(int length) {
    float[] parts = PARTS.get();
    if (parts.length < length) {
      parts = new float[Math.max(length, 2 * parts.length)];
      PARTS.set(parts);
    }
    return parts;
  }
}
