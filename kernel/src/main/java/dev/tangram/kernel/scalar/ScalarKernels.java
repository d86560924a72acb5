package dev.tangram.kernel.scalar;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Pairing;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;

/** The oracle: each operation as its formula says, sums in double. */
public final class ScalarKernels implements Kernels {
  /** Rows of a matrix that one chunk of work takes. */
  private static final int CHUNK_ROWS = 32;

  private final Workers workers;

  public ScalarKernels(Workers workers) {
    this.workers = Objects.requireNonNull(workers);
  }

  @Override
  public String tier() {
    return "scalar";
  }

  @Override
  public int widthBits() {
    return 32;
  }

  @Override
  public Matrix pack(Format format, int rows, int columns, MemorySegment source, Arena arena) {
    long expected = Math.multiplyExact(format.rowBytes(columns), (long) rows);
    if (source.byteSize() != expected) {
      throw new IllegalArgumentException(
          "%s[%d, %d] has %d bytes, found %d"
              .formatted(format, rows, columns, expected, source.byteSize()));
    }
    MemorySegment copy = arena.allocate(expected, 64);
    MemorySegment.copy(source, 0, copy, 0, expected);
    return new ScalarMatrix(format, rows, columns, copy);
  }

  @Override
  public void row(Matrix w, int row, float[] y, int offset) {
    Objects.checkIndex(row, w.rows());
    ((ScalarMatrix) w).row(row, y, offset);
  }

  @Override
  public void multiply(Matrix w, float[] x, int tokens, float[] y) {
    ScalarMatrix matrix = (ScalarMatrix) w;
    int columns = w.columns();
    int rows = w.rows();
    Objects.checkFromIndexSize(0, tokens * columns, x.length);
    Objects.checkFromIndexSize(0, tokens * rows, y.length);
    workers.run(
        Math.ceilDiv(rows, CHUNK_ROWS),
        chunk -> {
          float[] weights = new float[columns];
          int last = Math.min(rows, (chunk + 1) * CHUNK_ROWS);
          for (int n = chunk * CHUNK_ROWS; n < last; n++) {
            matrix.row(n, weights, 0);
            for (int t = 0; t < tokens; t++) {
              y[t * rows + n] = (float) dot(weights, 0, x, t * columns, columns);
            }
          }
        });
  }

  private static double dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) a[aOffset + i] * b[bOffset + i];
    }
    return sum;
  }

  @Override
  public void rmsNorm(float[] x, int rows, int length, float[] weight, float eps, float[] y) {
    Objects.checkFromIndexSize(0, rows * length, Math.min(x.length, y.length));
    Objects.checkFromIndexSize(0, length, weight.length);
    for (int r = 0; r < rows; r++) {
      int at = r * length;
      float factor = (float) (1 / Math.sqrt(dot(x, at, x, at, length) / length + eps));
      for (int i = 0; i < length; i++) {
        y[at + i] = x[at + i] * factor * weight[i];
      }
    }
  }

  @Override
  public void add(float[] y, float[] x, int count) {
    for (int i = 0; i < count; i++) {
      y[i] += x[i];
    }
  }

  @Override
  public void addBias(float[] y, int rows, float[] bias) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < bias.length; i++) {
        y[r * bias.length + i] += bias[i];
      }
    }
  }

  @Override
  public void scale(float[] y, int count, float factor) {
    for (int i = 0; i < count; i++) {
      y[i] *= factor;
    }
  }

  @Override
  public void siluMultiply(float[] gate, float[] up, int count) {
    for (int i = 0; i < count; i++) {
      gate[i] = (float) (gate[i] / (1 + Math.exp(-gate[i])) * up[i]);
    }
  }

  @Override
  public void geluMultiply(float[] gate, float[] up, int count) {
    double root = Math.sqrt(2 / Math.PI);
    for (int i = 0; i < count; i++) {
      double g = gate[i];
      gate[i] = (float) (0.5 * g * (1 + Math.tanh(root * (g + 0.044715 * g * g * g))) * up[i]);
    }
  }

  @Override
  public void rotate(
      float[] x,
      int tokens,
      int heads,
      int headSize,
      int rotated,
      float[] cos,
      float[] sin,
      Pairing pairing) {
    int half = rotated / 2;
    for (int t = 0; t < tokens; t++) {
      for (int h = 0; h < heads; h++) {
        int at = (t * heads + h) * headSize;
        for (int i = 0; i < half; i++) {
          int first = at + (pairing == Pairing.HALVES ? i : 2 * i);
          int second = pairing == Pairing.HALVES ? first + half : first + 1;
          float c = cos[t * half + i];
          float s = sin[t * half + i];
          float a = x[first];
          float b = x[second];
          x[first] = a * c - b * s;
          x[second] = b * c + a * s;
        }
      }
    }
  }

  @Override
  public void store(KvMemory kv, int layer, List<Span> spans, float[] k, float[] v) {
    int size = kv.headSize();
    for (Span span : spans) {
      for (int i = 0; i < span.count(); i++) {
        int position = span.position() + i;
        int block = span.blocks()[position / KvMemory.BLOCK_LENGTH];
        int slot = position % KvMemory.BLOCK_LENGTH;
        MemorySegment memory = kv.slabToWrite(layer, block);
        for (int h = 0; h < kv.kvHeads(); h++) {
          int from = ((span.row() + i) * kv.kvHeads() + h) * size;
          long keys = kv.offset(block, h) / Float.BYTES;
          long values = keys + (long) size * KvMemory.BLOCK_LENGTH;
          for (int s = 0; s < size; s++) {
            memory.setAtIndex(
                ValueLayout.JAVA_FLOAT, keys + s * KvMemory.BLOCK_LENGTH + slot, k[from + s]);
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, values + (long) slot * size + s, v[from + s]);
          }
        }
      }
    }
  }

  @Override
  public void attention(
      KvMemory kv,
      int layer,
      List<Span> spans,
      int heads,
      float scale,
      int window,
      float[] q,
      float[] y) {
    for (Span span : spans) {
      workers.run(
          span.count() * heads,
          chunk ->
              attend(kv, layer, span, chunk / heads, chunk % heads, heads, scale, window, q, y));
    }
  }

  private static void attend(
      KvMemory kv,
      int layer,
      Span span,
      int row,
      int head,
      int heads,
      float scale,
      int window,
      float[] q,
      float[] y) {
    int size = kv.headSize();
    int kvHead = head / (heads / kv.kvHeads());
    int position = span.position() + row;
    int first = (int) Math.max(0, (long) position - window + 1);
    int at = ((span.row() + row) * heads + head) * size;
    double[] scores = new double[position - first + 1];
    double most = Double.NEGATIVE_INFINITY;
    for (int j = first; j <= position; j++) {
      int block = span.blocks()[j / KvMemory.BLOCK_LENGTH];
      MemorySegment memory = kv.slab(layer, block);
      long keys = kv.offset(block, kvHead) / Float.BYTES;
      double score = 0;
      for (int s = 0; s < size; s++) {
        score +=
            (double) q[at + s]
                * memory.getAtIndex(
                    ValueLayout.JAVA_FLOAT,
                    keys + s * KvMemory.BLOCK_LENGTH + j % KvMemory.BLOCK_LENGTH);
      }
      scores[j - first] = score * scale;
      most = Math.max(most, scores[j - first]);
    }
    double sum = 0;
    double[] out = new double[size];
    for (int j = first; j <= position; j++) {
      double share = Math.exp(scores[j - first] - most);
      sum += share;
      int block = span.blocks()[j / KvMemory.BLOCK_LENGTH];
      MemorySegment memory = kv.slab(layer, block);
      long values =
          kv.offset(block, kvHead) / Float.BYTES
              + (long) size * KvMemory.BLOCK_LENGTH
              + (long) (j % KvMemory.BLOCK_LENGTH) * size;
      for (int s = 0; s < size; s++) {
        out[s] += share * memory.getAtIndex(ValueLayout.JAVA_FLOAT, values + s);
      }
    }
    for (int s = 0; s < size; s++) {
      y[at + s] = (float) (out[s] / sum);
    }
  }
}
