package dev.tangram.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The matrix operations of a decoder, one call each. Tiers differ in speed only: {@code scalar} is
 * the oracle of every other one.
 *
 * <p>Buffers are dense row-major arrays that start at index 0 and may be longer than needed.
 * Outputs overwrite unless a method says that it adds.
 *
 * <p>Threads: called by the one thread that owns the engine; a call may fan out over the {@link
 * Workers} it was made with and returns when all of them are done.
 */
public interface Kernels {
  /** {@code scalar} or {@code vector}. */
  String tier();

  /** SIMD register width in bits; 32 for the scalar tier. */
  int widthBits();

  /**
   * Copies a matrix from its file layout into this tier's layout.
   *
   * @param source exactly {@code rows * format.rowBytes(columns)} bytes, little endian, any
   *     alignment
   * @param arena owns the packed copy
   * @throws IllegalArgumentException if the sizes do not fit each other
   */
  Matrix pack(Format format, int rows, int columns, MemorySegment source, Arena arena);

  /** Writes row {@code row} of W, dequantised, to y[offset .. offset + D): the embedding lookup. */
  void row(Matrix w, int row, float[] y, int offset);

  /**
   * Multiplies {@code y[t] = W x[t]} for every token.
   *
   * <p>Shapes: W[N, D], x[T, D], y[T, N]. <br>
   * Cost: reads each weight once for a small T; 2 T N D flop. <br>
   * Numerics: a row's result depends on x[t] alone, never on T or on the other tokens of the batch,
   * so that a text does not change with its neighbours.
   */
  void multiply(Matrix w, float[] x, int tokens, float[] y);

  /**
   * RMS norm: {@code y[r] = x[r] / sqrt(mean(x[r]^2) + eps) * weight}, over rows of {@code length};
   * y may be x.
   */
  void rmsNorm(float[] x, int rows, int length, float[] weight, float eps, float[] y);

  /** Adds {@code y[i] += x[i]}, i below {@code count}. */
  void add(float[] y, float[] x, int count);

  /** Adds {@code bias[n]} to each of {@code rows} rows of y[rows, n]. */
  void addBias(float[] y, int rows, float[] bias);

  /** Multiplies {@code y[i] *= factor}. */
  void scale(float[] y, int count, float factor);

  /** SwiGLU: {@code gate[i] = gate[i] * sigmoid(gate[i]) * up[i]}. */
  void siluMultiply(float[] gate, float[] up, int count);

  /** GeGLU with the tanh form: {@code gate[i] = gelu(gate[i]) * up[i]}. */
  void geluMultiply(float[] gate, float[] up, int count);

  /**
   * Rotary embedding in place on x[T, H, S].
   *
   * @param rotated leading elements of each head that turn; even, at most S; the rest pass through
   * @param cos cos[T, rotated / 2] of each token's angles, attention factor included; sin likewise
   */
  void rotate(
      float[] x,
      int tokens,
      int heads,
      int headSize,
      int rotated,
      float[] cos,
      float[] sin,
      Pairing pairing);

  /** Writes k[T, K, S] and v[T, K, S] of every span to the slots its block table names. */
  void store(KvMemory kv, int layer, List<Span> spans, float[] k, float[] v);

  /**
   * Causal grouped-query attention over block-wise KV memory. Query row i of a span, at position p,
   * sees the positions j with {@code max(0, p - window + 1) <= j <= p}; they must have been stored
   * before, this step's own included.
   *
   * <p>Shapes: q[T, H, S], y[T, H, S]; query head h reads KV head {@code h / (H / K)}. <br>
   * Numerics: softmax in f32; a row's result depends on its own sequence alone and not on how its
   * prompt was cut into steps.
   *
   * @param scale multiplies q . k before the softmax
   * @param window positions a query sees, itself included; {@link Integer#MAX_VALUE} for all
   */
  void attention(
      KvMemory kv,
      int layer,
      List<Span> spans,
      int heads,
      float scale,
      int window,
      float[] q,
      float[] y);
}
