package dev.tangram.kernel.vector;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.Span;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Some query rows of a span and the query heads that share a KV head: up to {@value #QUERIES_MAX}
 * queries that read each block of keys and of values together, from the first-level cache.
 *
 * <p>Positions are taken in runs of {@value #RUN}: all scores of a run, their shares, the weighted
 * sum of the values; then the run is blended with those before it. What a run gives depends on the
 * query and the run's positions alone, so runs may be made by anybody and in any order, as long as
 * they are blended in theirs.
 *
 * <p>Threads: one of these for each; {@link #here}.
 */
final class AttentionTile {
  /** Positions of a run. */
  static final int RUN = BlockReader.RUN;

  static final int QUERIES_MAX = 32;
  private static final int BLOCK = KvMemory.BLOCK_LENGTH;

  /** Queries are computed by fours; those beyond the last are copies of it. */
  static final int FOUR = 4;

  private static final ThreadLocal<AttentionTile> HERE =
      ThreadLocal.withInitial(AttentionTile::new);

  private KvMemory kv;
  private int layer;
  private Span span;
  private int kvHead;
  private float scale;
  private int window;
  private int size;
  private BlockReader reader;
  // Null if the Vector API's loops do it.
  private RunSums sums;

  private int firstRow;
  private int rows;
  private int firstHead;
  private int heads;
  private int queries;

  // By query: [queries, S], [queries, RUN].
  private float[] q = new float[0];
  private final float[] scores = new float[QUERIES_MAX * RUN];
  // By query, as blended so far: the output, the largest score, the sum of the shares.
  private float[] out = new float[0];
  private final float[] top = new float[QUERIES_MAX];
  private final float[] sum = new float[QUERIES_MAX];
  // Positions of the run that a query sees.
  private final int[] from = new int[QUERIES_MAX];
  private final int[] to = new int[QUERIES_MAX];

  private final Softmax softmax = new Softmax();

  private final RunPass plain = new PlainPass();
  private final RunPass registers = new RegisterPass();
  private final RunPass code = new SumsPass();

  private AttentionTile() {}

  static AttentionTile here() {
    return HERE.get();
  }

  KvMemory kv() {
    return kv;
  }

  /** Elements of a head. */
  int size() {
    return size;
  }

  int queries() {
    return queries;
  }

  float scale() {
    return scale;
  }

  BlockReader reader() {
    return reader;
  }

  RunSums sums() {
    return sums;
  }

  /** [queries and copies, S]. */
  float[] q() {
    return q;
  }

  /** [queries and copies, RUN]: scores, and then shares. */
  float[] scores() {
    return scores;
  }

  /** The block that holds a position. */
  int block(int position) {
    return kv.table(layer, span)[position / BLOCK];
  }

  /** The memory that holds a block. */
  MemorySegment memory(int block) {
    return kv.slab(layer, block);
  }

  /** Where a block's keys begin in its memory. */
  long keys(int block) {
    return kv.offset(block, kvHead);
  }

  /** Positions that the span's last row sees. */
  int positions() {
    return span.position() + span.count();
  }

  /** Floats that a run leaves of one query: its output, largest score and sum of shares. */
  int partLength() {
    return size + 2;
  }

  /** Floats that a run leaves; those of copies, which are made because it is no dearer, too. */
  int partsLength() {
    return padded() * partLength();
  }

  /** Takes up {@code rows} rows and {@code heads} heads, at most {@link #QUERIES_MAX} together. */
  void take(
      KvMemory kv,
      int layer,
      Span span,
      int firstRow,
      int rows,
      int kvHead,
      int firstHead,
      int heads,
      float scale,
      int window,
      BlockReader reader) {
    this.kv = kv;
    this.reader = reader;
    this.layer = layer;
    this.span = span;
    this.firstRow = firstRow;
    this.rows = rows;
    this.kvHead = kvHead;
    this.firstHead = firstHead;
    this.heads = heads;
    this.scale = scale;
    this.window = window;
    this.size = kv.headSize();
    this.queries = rows * heads;
    // Padded rows of values are left to the Vector API's loops.
    boolean whole = kv.type().rowLength(size) == size;
    this.sums = whole ? reader.sums(kv.type() == KvType.F16, size).orElse(null) : null;
    if (q.length < QUERIES_MAX * size) {
      q = new float[QUERIES_MAX * size];
      out = new float[QUERIES_MAX * size];
    }
    Arrays.fill(out, 0, queries * size, 0);
    Arrays.fill(top, Float.NEGATIVE_INFINITY);
    Arrays.fill(sum, 0);
  }

  /** Copies the queries together. */
  void read(float[] from, int allHeads) {
    for (int i = 0; i < queries; i++) {
      System.arraycopy(from, at(i, allHeads), q, i * size, size);
    }
    for (int i = queries; i < padded(); i++) {
      System.arraycopy(q, (queries - 1) * size, q, i * size, size);
    }
  }

  /** Writes the outputs. */
  void write(float[] y, int allHeads) {
    for (int i = 0; i < queries; i++) {
      int at = at(i, allHeads);
      float inverse = 1 / sum[i];
      for (int s = 0; s < size; s++) {
        y[at + s] = out[i * size + s] * inverse;
      }
    }
  }

  private int at(int query, int allHeads) {
    int row = span.row() + firstRow + query / heads;
    return (row * allHeads + firstHead + query % heads) * size;
  }

  /** Queries and copies. */
  int padded() {
    return Math.ceilDiv(queries, FOUR) * FOUR;
  }

  /** The first position that a row of the span sees. */
  static int first(Span span, int row, int window) {
    return (int) Math.max(0, (long) span.position() + row - window + 1);
  }

  /** The first run that the tile sees. */
  int firstRun() {
    return first(span, firstRow, window) / RUN;
  }

  /** The run after the last that the tile sees. */
  int endRun() {
    return (span.position() + firstRow + rows - 1) / RUN + 1;
  }

  /**
   * Computes one run.
   *
   * @param parts [queries and copies, S + 2] from {@code at} on: what the run leaves. A query that
   *     sees none of it has a sum of 0 and nothing as its largest score.
   */
  void run(int run, float[] parts, int at) {
    int start = run * RUN;
    int least = RUN;
    int most = 0;
    for (int i = 0; i < padded(); i++) {
      int row = firstRow + Math.min(i, queries - 1) / heads;
      int position = span.position() + row;
      from[i] = Math.clamp(first(span, row, window) - start, 0, RUN);
      to[i] = Math.clamp(position + 1 - start, from[i], RUN);
      if (from[i] < to[i]) {
        least = Math.min(least, from[i]);
        most = Math.max(most, to[i]);
      }
    }
    int length = partLength();
    Arrays.fill(parts, at, at + partsLength(), 0);
    // A multiplication costs less than the polynomials that others count.
    boolean young =
        kv.type() == KvType.F32 && FirstSteps.plain(queries * (most - least) * size / 4);
    RunPass pass = sums != null ? code : young ? plain : registers;
    if (least < most) {
      pass.keys(this, start, least, most);
    }
    int begin = least / BLOCK * BLOCK;
    int end = Math.ceilDiv(most, BLOCK) * BLOCK;
    for (int i = 0; i < queries; i++) {
      float largest = Float.NEGATIVE_INFINITY;
      float shares = 0;
      if (from[i] < to[i]) {
        largest = softmax.largest(scores, i * RUN + from[i], i * RUN + to[i]);
        shares = shares(i, largest);
      }
      // What others of the tile see and this one does not has no share for it.
      int sees = from[i] < to[i] ? from[i] / BLOCK * BLOCK : end;
      Arrays.fill(scores, i * RUN + begin, i * RUN + Math.max(begin, sees), 0);
      int seen = Math.ceilDiv(to[i], BLOCK) * BLOCK;
      Arrays.fill(scores, i * RUN + Math.min(end, seen), i * RUN + end, 0);
      parts[at + i * length + size] = largest;
      parts[at + i * length + size + 1] = shares;
    }
    if (least < most) {
      pass.values(this, start, least, most, parts, at);
    }
  }

  /**
   * Turns a query's scores into shares and returns their sum. The rest of the blocks they lie in
   * becomes 0: its scores may be anything, NaN too, where nobody has written yet.
   */
  private float shares(int query, float largest) {
    int at = query * RUN;
    int begin = at + from[query] / BLOCK * BLOCK;
    int end = at + Math.ceilDiv(to[query], BLOCK) * BLOCK;
    Arrays.fill(scores, begin, at + from[query], Float.NEGATIVE_INFINITY);
    Arrays.fill(scores, at + to[query], end, Float.NEGATIVE_INFINITY);
    return softmax.shares(scores, begin, end, largest);
  }

  /** Whether one of {@code count} queries sees any of the block that begins at j. */
  boolean seen(int query, int count, int j) {
    for (int i = query; i < query + count; i++) {
      if (from[i] < j + BLOCK && to[i] > j) {
        return true;
      }
    }
    return false;
  }

  /** Adds the next run to those before it. */
  void blend(float[] parts, int at) {
    int length = partLength();
    for (int i = 0; i < queries; i++) {
      int part = at + i * length;
      float largest = parts[part + size];
      float shares = parts[part + size + 1];
      if (shares == 0 && largest == Float.NEGATIVE_INFINITY) {
        continue;
      }
      // One of both is exactly 1.
      float keep = top[i] < largest ? PlainLoops.exp(top[i] - largest) : 1;
      float take = top[i] < largest ? 1 : PlainLoops.exp(largest - top[i]);
      AttentionLoops.blend(out, i * size, keep, parts, part, take, size);
      sum[i] = sum[i] * keep + shares * take;
      top[i] = Math.max(top[i], largest);
    }
  }
}
