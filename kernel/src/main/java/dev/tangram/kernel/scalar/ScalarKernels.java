package dev.tangram.kernel.scalar;

import dev.tangram.kernel.DeltaShape;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvRows;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Pairing;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
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
    for (Span span : spans) {
      for (int i = 0; i < span.count(); i++) {
        int position = span.position() + i;
        int block = kv.table(layer, span)[position / KvMemory.BLOCK_LENGTH];
        int slot = position % KvMemory.BLOCK_LENGTH;
        MemorySegment memory = kv.slabToWrite(layer, block);
        for (int h = 0; h < kv.kvHeads(); h++) {
          int from = ((span.row() + i) * kv.kvHeads() + h) * kv.headSize();
          KvRows.store(kv, memory, block, h, slot, k, v, from);
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
      int block = kv.table(layer, span)[j / KvMemory.BLOCK_LENGTH];
      MemorySegment memory = kv.slab(layer, block);
      int slot = j % KvMemory.BLOCK_LENGTH;
      double score = 0;
      for (int s = 0; s < size; s++) {
        score += (double) q[at + s] * KvRows.key(kv, memory, block, kvHead, slot, s);
      }
      scores[j - first] = score * scale;
      most = Math.max(most, scores[j - first]);
    }
    double sum = 0;
    double[] out = new double[size];
    for (int j = first; j <= position; j++) {
      double share = Math.exp(scores[j - first] - most);
      sum += share;
      int block = kv.table(layer, span)[j / KvMemory.BLOCK_LENGTH];
      MemorySegment memory = kv.slab(layer, block);
      int slot = j % KvMemory.BLOCK_LENGTH;
      for (int s = 0; s < size; s++) {
        out[s] += share * KvRows.value(kv, memory, block, kvHead, slot, s);
      }
    }
    for (int s = 0; s < size; s++) {
      y[at + s] = (float) (out[s] / sum);
    }
  }

  @Override
  public void multiply(List<Matrix> matrices, int[] starts, float[] x, float[] y) {
    for (int g = 0; g < matrices.size(); g++) {
      int from = starts[g];
      int to = starts[g + 1];
      if (from < to) {
        Matrix w = matrices.get(g);
        float[] part = new float[(to - from) * w.rows()];
        multiply(w, Arrays.copyOfRange(x, from * w.columns(), to * w.columns()), to - from, part);
        System.arraycopy(part, 0, y, from * w.rows(), part.length);
      }
    }
  }

  @Override
  public void route(
      float[] logits,
      int tokens,
      int experts,
      int used,
      boolean normalised,
      int[] chosen,
      float[] weights) {
    for (int t = 0; t < tokens; t++) {
      double[] shares = softmax(logits, t * experts, experts);
      boolean[] taken = new boolean[experts];
      double sum = 0;
      for (int j = 0; j < used; j++) {
        int best = best(logits, t * experts, taken);
        taken[best] = true;
        chosen[t * used + j] = best;
        sum += shares[best];
      }
      for (int j = 0; j < used; j++) {
        weights[t * used + j] = (float) (shares[chosen[t * used + j]] / (normalised ? sum : 1));
      }
    }
  }

  /**
   * The first of the largest that are not taken. A NaN counts as the least, so that there is always
   * one; the weights of its token are NaN.
   */
  private static int best(float[] logits, int offset, boolean[] taken) {
    int best = -1;
    double most = Double.NaN;
    for (int e = 0; e < taken.length; e++) {
      double logit =
          Float.isNaN(logits[offset + e]) ? Double.NEGATIVE_INFINITY : logits[offset + e];
      if (!taken[e] && (best < 0 || logit > most)) {
        best = e;
        most = logit;
      }
    }
    return best;
  }

  private static double[] softmax(float[] logits, int offset, int count) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, logits[offset + i]);
    }
    double[] shares = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = Math.exp(logits[offset + i] - most);
      sum += shares[i];
    }
    for (int i = 0; i < count; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  @Override
  public void combine(
      float[] parts, int[] rows, float[] weights, int tokens, int used, int width, float[] y) {
    for (int t = 0; t < tokens; t++) {
      for (int i = 0; i < width; i++) {
        double sum = 0;
        for (int j = 0; j < used; j++) {
          sum += (double) weights[t * used + j] * parts[rows[t * used + j] * width + i];
        }
        y[t * width + i] = (float) sum;
      }
    }
  }

  @Override
  public void sigmoidMultiply(float[] y, float[] gate, int count) {
    for (int i = 0; i < count; i++) {
      y[i] = (float) (y[i] / (1 + Math.exp(-gate[i])));
    }
  }

  @Override
  public void convolve(
      StateMemory state,
      int layer,
      List<Span> spans,
      int channels,
      float[] weight,
      float[] u,
      float[] y) {
    int taps = weight.length / channels;
    for (Span span : spans) {
      MemorySegment past = state.convolution(layer, span.slot());
      float[] inputs = new float[(taps - 1 + span.count()) * channels];
      int before = (taps - 1) * channels;
      MemorySegment.copy(past, ValueLayout.JAVA_FLOAT, 0, inputs, 0, before);
      System.arraycopy(u, span.row() * channels, inputs, before, span.count() * channels);
      for (int t = 0; t < span.count(); t++) {
        for (int c = 0; c < channels; c++) {
          double sum = 0;
          for (int j = 0; j < taps; j++) {
            sum += (double) weight[j * channels + c] * inputs[(t + j) * channels + c];
          }
          y[(span.row() + t) * channels + c] = (float) (sum / (1 + Math.exp(-sum)));
        }
      }
      MemorySegment.copy(inputs, span.count() * channels, past, ValueLayout.JAVA_FLOAT, 0, before);
    }
  }

  @Override
  public void deltaRule(
      StateMemory state,
      int layer,
      List<Span> spans,
      DeltaShape shape,
      float[] mixed,
      float[] decay,
      float[] beta,
      float[] y) {
    for (Span span : spans) {
      MemorySegment memory = state.recurrent(layer, span.slot());
      workers.run(
          shape.valueHeads(),
          head -> {
            for (int t = span.row(); t < span.row() + span.count(); t++) {
              deltaStep(memory, shape, head, t, mixed, decay, beta, y);
            }
          });
    }
  }

  private static void deltaStep(
      MemorySegment memory,
      DeltaShape shape,
      int head,
      int t,
      float[] mixed,
      float[] decay,
      float[] beta,
      float[] y) {
    int keySize = shape.keySize();
    int valueSize = shape.valueSize();
    int token = t * shape.channels();
    int q = token + shape.keyHead(head) * keySize;
    int k = q + shape.keyHeads() * keySize;
    int v = token + 2 * shape.keyHeads() * keySize + head * valueSize;
    double queryFactor = 1 / Math.sqrt((dot(mixed, q, mixed, q, keySize) + 1e-6) * keySize);
    double keyFactor = 1 / Math.sqrt(dot(mixed, k, mixed, k, keySize) + 1e-6);
    double kept = Math.exp(decay[t * shape.valueHeads() + head]);
    for (int i = 0; i < valueSize; i++) {
      double predicted = 0;
      for (int s = 0; s < keySize; s++) {
        double before = memory.getAtIndex(ValueLayout.JAVA_FLOAT, shape.index(head, s, i));
        predicted += kept * before * mixed[k + s] * keyFactor;
      }
      double change = beta[t * shape.valueHeads() + head] * (mixed[v + i] - predicted);
      double out = 0;
      for (int s = 0; s < keySize; s++) {
        long at = shape.index(head, s, i);
        double now =
            kept * memory.getAtIndex(ValueLayout.JAVA_FLOAT, at)
                + change * mixed[k + s] * keyFactor;
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) now);
        out += now * mixed[q + s] * queryFactor;
      }
      y[(t * shape.valueHeads() + head) * valueSize + i] = (float) out;
    }
  }

  @Override
  public void layerNorm(
      float[] x, int rows, int length, float[] weight, float[] bias, float eps, float[] y) {
    Objects.checkFromIndexSize(0, rows * length, Math.min(x.length, y.length));
    Objects.checkFromIndexSize(0, length, Math.min(weight.length, bias.length));
    for (int r = 0; r < rows; r++) {
      EncoderOperations.layerNorm(x, r * length, length, weight, bias, eps, y);
    }
  }

  @Override
  public void gelu(float[] x, int count) {
    Objects.checkFromIndexSize(0, count, x.length);
    for (int i = 0; i < count; i++) {
      x[i] = EncoderOperations.gelu(x[i]);
    }
  }

  @Override
  public void textAttention(
      int[] starts,
      int heads,
      int headSize,
      float scale,
      float[] q,
      float[] k,
      float[] v,
      float[] y) {
    int texts = starts.length - 1;
    int count = starts[texts] * heads * headSize;
    Objects.checkFromIndexSize(0, count, Math.min(q.length, Math.min(k.length, v.length)));
    Objects.checkFromIndexSize(0, count, y.length);
    workers.run(
        texts * heads,
        chunk -> {
          int text = chunk / heads;
          EncoderOperations.attend(
              starts[text], starts[text + 1], chunk % heads, heads, headSize, scale, q, k, v, y);
        });
  }
}
