package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.Span;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

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

  /**
   * Bytes between two tellings: as many lines as can be under way at once. More would wait for each
   * other while nothing is computed.
   */
  private static final int TOLD_BYTES = 2 << 10;

  /** Queries are computed by fours; those beyond the last are copies of it. */
  private static final int FOUR = 4;

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
  // Null if the loops here do it.
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

  // Addresses of a run's blocks and of those that are told of; of a copy of one.
  private final long[] places = new long[RUN / BLOCK + BlockReader.AHEAD];
  private final long[] copied = new long[1 + BlockReader.AHEAD];

  // A block's keys or values, for the loops without registers.
  private float[] plain = new float[0];

  private AttentionTile() {}

  static AttentionTile here() {
    return HERE.get();
  }

  /** Floats that a run leaves of one query: its output, largest score and sum of shares. */
  private int partLength() {
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
    // Padded rows of values are left to the loops here.
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

  private int padded() {
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
    if (least < most) {
      if (sums != null) {
        sumKeys(start, least, most);
      } else if (young) {
        plainKeys(start, least, most);
      } else {
        keys(start, least, most);
      }
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
      if (sums != null) {
        sumValues(start, least, most, parts, at);
      } else if (young) {
        plainValues(start, least, most, parts, at);
      } else {
        values(start, least, most, parts, at);
      }
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

  /** Scores of the run's positions [least, most), a block at a time. */
  private void keys(int start, int least, int most) {
    int[] table = kv.table(layer, span);
    long bytes = kv.type().keyBytes(size);
    int told = (int) Math.max(1, TOLD_BYTES * size / bytes);
    int begin = least / BLOCK * BLOCK;
    for (int i = 0; i < padded(); i++) {
      Arrays.fill(scores, i * RUN + begin, i * RUN + Math.ceilDiv(most, BLOCK) * BLOCK, 0);
    }
    for (int j = begin; j < most; j += BLOCK) {
      int block = table[(start + j) / BLOCK];
      MemorySegment memory = kv.slab(layer, block);
      long keys = kv.offset(block, kvHead);
      long next = next(table, start + j);
      if (kv.type() != KvType.F32) {
        memory = Unpacked.keys(kv, memory, keys, reader);
        keys = 0;
      }
      for (int s = 0; s < size; s += told) {
        int count = Math.min(told, size - s);
        if (next != 0) {
          reader.bring(next + s * bytes / size, count * bytes / size);
        }
        piece(memory, keys + s * BLOCK * 4L, s, count, j);
      }
    }
  }

  /** Elements from s on of a block's keys. */
  private void piece(MemorySegment memory, long keys, int s, int count, int j) {
    float factor = s + count == size ? scale : 1;
    int i = 0;
    for (; i + 2 * FOUR <= padded(); i += 2 * FOUR) {
      if (seen(i, 2 * FOUR, j)) {
        for (int slot = 0; slot < BLOCK; slot += COUNT) {
          AttentionLoops.scores8(
              memory,
              keys + slot * 4L,
              count,
              size,
              q,
              i * size + s,
              factor,
              scores,
              i * RUN + j + slot,
              RUN);
        }
      }
    }
    if (i < padded() && seen(i, FOUR, j)) {
      for (int slot = 0; slot < BLOCK; slot += COUNT) {
        AttentionLoops.scores4(
            memory,
            keys + slot * 4L,
            count,
            size,
            q,
            i * size + s,
            factor,
            scores,
            i * RUN + j + slot,
            RUN);
      }
    }
  }

  /** {@link #keys} by {@link #sums}. */
  private void sumKeys(int start, int least, int most) {
    int begin = least / BLOCK * BLOCK;
    int blocks = Math.ceilDiv(most - begin, BLOCK);
    if (kv.type() != KvType.Q8_0) {
      find(start + begin, blocks, 0, kv.type().keyBytes(size));
      sums.scores(places, 0, blocks, q, padded(), scale, scores, begin);
      return;
    }
    int[] table = kv.table(layer, span);
    for (int j = begin; j < most; j += BLOCK) {
      tell(table, start + j, 0, kv.type().keyBytes(size));
      int block = table[(start + j) / BLOCK];
      long keys = kv.offset(block, kvHead);
      Arrays.fill(copied, Unpacked.keys(kv, kv.slab(layer, block), keys, reader).address());
      sums.scores(copied, 0, 1, q, padded(), scale, scores, j);
    }
  }

  /** {@link #values} by {@link #sums}; copies of queries, too. */
  private void sumValues(int start, int least, int most, float[] parts, int at) {
    int begin = least / BLOCK * BLOCK;
    int blocks = Math.ceilDiv(most - begin, BLOCK);
    int[] table = kv.table(layer, span);
    long keyBytes = kv.type().keyBytes(size);
    boolean quants = kv.type() == KvType.Q8_0;
    find(start + begin, blocks, keyBytes, kv.type().valueBytes(size));
    // Whole blocks that were not met yet, in the order of positions.
    int from = 0;
    for (int i = 0; i < blocks; i++) {
      int j = begin + i * BLOCK;
      int first = Math.max(0, least - j);
      int last = Math.min(BLOCK, most - j);
      if (quants || first > 0 || last < BLOCK) {
        if (from < i) {
          sums.values(places, from, i - from, scores, begin + from * BLOCK, padded(), parts, at);
        }
        from = i + 1;
        int block = table[(start + j) / BLOCK];
        MemorySegment memory = kv.slab(layer, block);
        long keys = kv.offset(block, kvHead);
        // Positions that nobody sees may hold anything, NaN too, which no share of 0 makes 0.
        if (quants) {
          tell(table, start + j, keyBytes, kv.type().valueBytes(size));
          memory = Unpacked.values(kv, memory, keys, first, last, reader);
        } else {
          memory = Unpacked.stored(kv, memory, keys + keyBytes, first, last);
        }
        Arrays.fill(copied, memory.address());
        sums.values(copied, 0, 1, scores, j, padded(), parts, at);
      }
    }
    if (from < blocks) {
      sums.values(places, from, blocks - from, scores, begin + from * BLOCK, padded(), parts, at);
    }
  }

  /**
   * Sets {@link #places}: of the blocks from a position on, and of the next; the last one's own for
   * those that are not there.
   *
   * @param offset from a block's keys on
   */
  private void find(int position, int blocks, long offset, long bytes) {
    int[] table = kv.table(layer, span);
    int last = (span.position() + span.count() - 1) / BLOCK;
    for (int i = 0; i < blocks + BlockReader.AHEAD; i++) {
      int at = position / BLOCK + i;
      if (i >= blocks && at > last) {
        places[i] = places[i - 1];
      } else {
        int block = table[at];
        MemorySegment memory = kv.slab(layer, block);
        long keys = kv.offset(block, kvHead);
        Objects.checkFromIndexSize(keys + offset, bytes, memory.byteSize());
        places[i] = memory.address() + keys + offset;
      }
    }
  }

  private void tell(int[] table, int position, long offset, long bytes) {
    long next = next(table, position);
    if (next != 0) {
      reader.bring(next + offset, bytes);
    }
  }

  /** {@link #keys} of f32 without registers. */
  private void plainKeys(int start, int least, int most) {
    int[] table = kv.table(layer, span);
    for (int j = least / BLOCK * BLOCK; j < most; j += BLOCK) {
      int block = table[(start + j) / BLOCK];
      copy(kv.slab(layer, block), kv.offset(block, kvHead), size * BLOCK);
      for (int i = 0; i < queries; i++) {
        if (seen(i, 1, j)) {
          PlainLoops.scores(plain, size, q, i * size, scale, scores, i * RUN + j);
        }
      }
    }
  }

  /** {@link #values} of f32 without registers. */
  private void plainValues(int start, int least, int most, float[] parts, int at) {
    int[] table = kv.table(layer, span);
    int row = kv.type().rowLength(size);
    for (int j = least / BLOCK * BLOCK; j < most; j += BLOCK) {
      int block = table[(start + j) / BLOCK];
      MemorySegment memory =
          Unpacked.values(
              kv,
              kv.slab(layer, block),
              kv.offset(block, kvHead),
              Math.max(0, least - j),
              Math.min(BLOCK, most - j),
              reader);
      copy(memory, 0, row * BLOCK);
      for (int i = 0; i < queries; i++) {
        if (seen(i, 1, j)) {
          PlainLoops.values(plain, row, scores, i * RUN + j, parts, at + i * partLength(), size);
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

  /** Address of a later block's keys, which are to be told of; 0 if there is none. */
  private long next(int[] table, int position) {
    int later = position + BlockReader.AHEAD * BLOCK;
    if (later >= span.position() + span.count()) {
      return 0;
    }
    int block = table[later / BLOCK];
    return kv.slab(layer, block).address() + kv.offset(block, kvHead);
  }

  /** Whether one of {@code count} queries sees any of the block that begins at j. */
  private boolean seen(int query, int count, int j) {
    for (int i = query; i < query + count; i++) {
      if (from[i] < j + BLOCK && to[i] > j) {
        return true;
      }
    }
    return false;
  }

  private void values(int start, int least, int most, float[] parts, int at) {
    int[] table = kv.table(layer, span);
    int length = partLength();
    long step = 4L * kv.type().rowLength(size);
    for (int j = least / BLOCK * BLOCK; j < most; j += BLOCK) {
      int block = table[(start + j) / BLOCK];
      MemorySegment memory = kv.slab(layer, block);
      long values = kv.offset(block, kvHead) + kv.type().keyBytes(size);
      long next = next(table, start + j);
      if (next != 0) {
        next += kv.type().keyBytes(size);
      }
      int first = Math.max(0, least - j);
      int last = Math.min(BLOCK, most - j);
      // Positions that nobody sees may hold anything, NaN too, which no share of 0 makes 0.
      if (kv.type() != KvType.F32 || first > 0 || last < BLOCK) {
        memory = Unpacked.values(kv, memory, kv.offset(block, kvHead), first, last, reader);
        values = 0;
      }
      for (int i = 0; i < queries; ) {
        int to = at + i * length;
        // Two queries and two copies are done as soon as the two; one alone is not.
        if (i + FOUR <= padded() && i + 1 < queries) {
          if (seen(i, FOUR, j)) {
            four(memory, values, step, i * RUN + j, parts, to, next);
            next = 0;
          }
          i += FOUR;
        } else {
          if (seen(i, 1, j)) {
            if (next != 0) {
              reader.bring(next, kv.type().valueBytes(size));
              next = 0;
            }
            one(memory, values, step, i * RUN + j, parts, to, 0);
          }
          i++;
        }
      }
    }
  }

  /**
   * Four queries.
   *
   * @param next address of values to tell of meanwhile; 0 for none
   */
  private void four(
      MemorySegment memory, long values, long step, int shares, float[] parts, int to, long next) {
    int length = partLength();
    int s = 0;
    long bytes = kv.type().valueBytes(size);
    int told = (int) Math.ceilDiv(TOLD_BYTES * size / bytes, 2 * COUNT) * 2 * COUNT;
    for (; s + 2 * COUNT <= size; s += 2 * COUNT) {
      if (next != 0 && s % told == 0) {
        reader.bring(next + s * bytes / size, Math.min(told, size - s) * bytes / size);
      }
      AttentionLoops.values4(
          memory, values + s * 4L, step, scores, shares, RUN, parts, to + s, length);
    }
    for (int i = 0; s < size && i < FOUR; i++) {
      one(memory, values, step, shares + i * RUN, parts, to + i * length, s);
    }
  }

  /** One query, from element s of the head on. */
  private void one(
      MemorySegment memory, long values, long step, int shares, float[] parts, int to, int s) {
    for (; s + COUNT <= size; s += COUNT) {
      AttentionLoops.values1(memory, values + s * 4L, step, scores, shares, parts, to + s);
    }
    for (; s < size; s++) {
      AttentionLoops.valuesElement(memory, values + s * 4L, step, scores, shares, parts, to + s);
    }
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
