package dev.tangram.kernel.vector;

import dev.tangram.kernel.DeltaShape;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.PackedForms;
import dev.tangram.kernel.Pairing;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The Vector API tier at the width this machine prefers. */
public class VectorKernels implements Kernels {
  /**
   * Elements that one chunk of an elementwise operation takes; fewer are not worth waking anybody.
   */
  private static final int CHUNK_ELEMENTS = 16 << 10;

  private final Workers workers;
  private final PanelProducts products;
  private final BlockReader reader;

  public VectorKernels(Workers workers) {
    this(workers, Multiply.NOTHING_FASTER);
  }

  /**
   * A tier above this one that multiplies and no more.
   *
   * @param products multiplies the panels it takes
   */
  protected VectorKernels(Workers workers, PanelProducts products) {
    this(workers, products, BlockReader.VECTOR);
  }

  /**
   * A tier above this one.
   *
   * @param products multiplies the panels it takes
   * @param reader of keys and values
   */
  protected VectorKernels(Workers workers, PanelProducts products, BlockReader reader) {
    this.workers = Objects.requireNonNull(workers);
    this.products = Objects.requireNonNull(products);
    this.reader = Objects.requireNonNull(reader);
  }

  @Override
  public String tier() {
    return "vector";
  }

  /** Register width that the Vector API prefers on this machine, in bits. */
  public static int lanesBits() {
    return Lanes.COUNT * Float.SIZE;
  }

  @Override
  public int widthBits() {
    return lanesBits();
  }

  @Override
  public Matrix pack(Format format, int rows, int columns, MemorySegment source, Arena arena) {
    return Packer.pack(format, products.layout(format), rows, columns, source, arena, workers);
  }

  @Override
  public Optional<PackedForms> packedForms() {
    return Optional.of(new PanelForms(products::layout, arena -> arena, format -> {}));
  }

  @Override
  public void row(Matrix w, int row, float[] y, int offset) {
    Objects.checkIndex(row, w.rows());
    Rows.read((Panels) w, row, y, offset);
  }

  @Override
  public void multiply(Matrix w, float[] x, int tokens, float[] y) {
    Multiply.multiply((Panels) w, x, tokens, y, products, workers);
  }

  @Override
  public void rmsNorm(float[] x, int rows, int length, float[] weight, float eps, float[] y) {
    Objects.checkFromIndexSize(0, rows * length, Math.min(x.length, y.length));
    Objects.checkFromIndexSize(0, length, weight.length);
    inChunks(
        rows,
        length,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            Elementwise.rmsNorm(x, r * length, length, weight, eps, y);
          }
        });
  }

  @Override
  public void add(float[] y, float[] x, int count) {
    Objects.checkFromIndexSize(0, count, Math.min(x.length, y.length));
    inChunks(
        Math.ceilDiv(count, 256),
        256,
        (from, to) -> {
          int at = from * 256;
          Elementwise.add(y, at, x, at, Math.min(count, to * 256) - at);
        });
  }

  @Override
  public void addBias(float[] y, int rows, float[] bias) {
    inChunks(
        rows,
        bias.length,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            Elementwise.add(y, r * bias.length, bias, 0, bias.length);
          }
        });
  }

  @Override
  public void scale(float[] y, int count, float factor) {
    inChunks(
        Math.ceilDiv(count, 256),
        256,
        (from, to) -> Elementwise.scale(y, from * 256, Math.min(count, to * 256), factor));
  }

  @Override
  public void siluMultiply(float[] gate, float[] up, int count) {
    inChunks(
        Math.ceilDiv(count, 256),
        256,
        (from, to) -> Elementwise.siluMultiply(gate, up, from * 256, Math.min(count, to * 256)));
  }

  @Override
  public void geluMultiply(float[] gate, float[] up, int count) {
    inChunks(
        Math.ceilDiv(count, 256),
        256,
        (from, to) -> Elementwise.geluMultiply(gate, up, from * 256, Math.min(count, to * 256)));
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
    inChunks(
        tokens,
        heads * headSize,
        (from, to) -> {
          for (int t = from; t < to; t++) {
            for (int h = 0; h < heads; h++) {
              int at = (t * heads + h) * headSize;
              switch (pairing) {
                case HALVES -> Elementwise.rotateHalves(x, at, half, cos, sin, t * half);
                case ADJACENT -> Elementwise.rotateAdjacent(x, at, half, cos, sin, t * half);
              }
            }
          }
        });
  }

  private interface Range {
    void run(int from, int to);
  }

  /** Shares out {@code items} of {@code size} elements each; small work stays on the caller. */
  private void inChunks(int items, int size, Range range) {
    int perChunk = Math.max(1, CHUNK_ELEMENTS / size);
    int chunks = Math.ceilDiv(items, perChunk);
    if (chunks <= 1) {
      range.run(0, items);
    } else {
      workers.run(
          chunks, chunk -> range.run(chunk * perChunk, Math.min(items, (chunk + 1) * perChunk)));
    }
  }

  @Override
  public void store(KvMemory kv, int layer, List<Span> spans, float[] k, float[] v) {
    for (Span span : spans) {
      inChunks(
          span.count(),
          2 * kv.kvHeads() * kv.headSize(),
          (from, to) -> Store.run(kv, layer, span, from, to, k, v));
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
    Attention.attend(kv, layer, spans, heads, scale, window, q, y, reader, workers);
  }

  @Override
  public void multiply(List<Matrix> matrices, int[] starts, float[] x, float[] y) {
    Multiply.multiply(matrices, starts, x, y, products, workers);
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
    if (used < 1 || used > experts) {
      throw new IllegalArgumentException(
          "experts per token must be 1 to %d, found %d".formatted(experts, used));
    }
    inChunks(
        tokens,
        4 * experts,
        (from, to) -> {
          for (int t = from; t < to; t++) {
            Experts.route(logits, t, experts, used, normalised, chosen, weights);
          }
        });
  }

  @Override
  public void combine(
      float[] parts, int[] rows, float[] weights, int tokens, int used, int width, float[] y) {
    inChunks(
        tokens,
        used * width,
        (from, to) -> {
          for (int t = from; t < to; t++) {
            Experts.combine(parts, rows, weights, t, used, width, y);
          }
        });
  }

  @Override
  public void sigmoidMultiply(float[] y, float[] gate, int count) {
    inChunks(
        Math.ceilDiv(count, 256),
        256,
        (from, to) -> Elementwise.sigmoidMultiply(y, gate, from * 256, Math.min(count, to * 256)));
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
    Convolution.run(state, layer, spans, channels, weight, u, y, workers);
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
    DeltaRule.run(state, layer, spans, shape, mixed, decay, beta, y, workers);
  }

  @Override
  public void layerNorm(
      float[] x, int rows, int length, float[] weight, float[] bias, float eps, float[] y) {
    Objects.checkFromIndexSize(0, rows * length, Math.min(x.length, y.length));
    Objects.checkFromIndexSize(0, length, Math.min(weight.length, bias.length));
    inChunks(
        rows,
        length,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            EncoderRows.layerNorm(x, r * length, length, weight, bias, eps, y);
          }
        });
  }

  @Override
  public void gelu(float[] x, int count) {
    Objects.checkFromIndexSize(0, count, x.length);
    inChunks(
        Math.ceilDiv(count, 256),
        256,
        (from, to) -> EncoderRows.gelu(x, from * 256, Math.min(count, to * 256)));
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
          EncoderAttention.attend(
              starts[text], starts[text + 1], chunk % heads, heads, headSize, scale, q, k, v, y);
        });
  }
}
