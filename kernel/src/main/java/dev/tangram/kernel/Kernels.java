package dev.tangram.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

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
  /** {@code scalar}, {@code vector} or {@code machine}. */
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

  /**
   * What packing makes, for those who keep it; empty if this tier reads matrices as files hold
   * them.
   */
  default Optional<PackedForms> packedForms() {
    return Optional.empty();
  }

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

  /**
   * Multiplies each row with the matrix of its group: {@code y[r] = W[g] x[r]} for {@code starts[g]
   * <= r < starts[g + 1]}. A matrix whose group is empty is not read.
   *
   * <p>Shapes: every W[N, D]; x[R, D], y[R, N] with R = starts[groups]. <br>
   * Cost: reads each matrix that has a row once. <br>
   * Numerics: as {@link #multiply(Matrix, float[], int, float[])}, bit for bit.
   *
   * @param starts ascending, one longer than {@code matrices}
   */
  void multiply(List<Matrix> matrices, int[] starts, float[] x, float[] y);

  /**
   * Chooses the experts of every token: softmax over all E logits, the {@code used} largest (the
   * lower index where two are equal), in falling order. A token's experts are distinct whatever its
   * logits; one that is NaN or positive infinity makes all its weights NaN.
   *
   * <p>Shapes: logits[T, E], chosen[T, used], weights[T, used]; used is at most E.
   *
   * @param normalised whether a token's weights are divided by their sum
   */
  void route(
      float[] logits,
      int tokens,
      int experts,
      int used,
      boolean normalised,
      int[] chosen,
      float[] weights);

  /**
   * Adds up what a token's experts made: {@code y[t] = sum over j of weights[t, j] parts[rows[t,
   * j]]}, in the order of j.
   *
   * <p>Shapes: parts[R, D], rows[T, used], weights[T, used], y[T, D].
   */
  void combine(
      float[] parts, int[] rows, float[] weights, int tokens, int used, int width, float[] y);

  /** Gates in place: {@code y[i] = y[i] * sigmoid(gate[i])}, i below {@code count}. */
  void sigmoidMultiply(float[] y, float[] gate, int count);

  /**
   * Depthwise causal convolution and SiLU over each span: {@code y[t, c] = silu(sum over j of
   * weight[j, c] u[t - taps + 1 + j, c])}. Inputs before the span come from its slot, which keeps
   * the last {@code taps - 1} inputs for the next step.
   *
   * <p>Shapes: u[T, C], weight[taps, C] with the current token's tap last, y[T, C]; y is not u.
   * <br>
   * Numerics: independent of how a prompt was cut into steps.
   */
  void convolve(
      StateMemory state,
      int layer,
      List<Span> spans,
      int channels,
      float[] weight,
      float[] u,
      float[] y);

  /**
   * The gated delta rule over each span, from the state in its slot, which it leaves as the state
   * after the span's last token. Per value head, with q and k first divided by their length (1e-6
   * under the root) and q also by sqrt(dk):
   *
   * <pre>
   *   S = exp(decay) S;  d = beta (v - S k);  S = S + d k';  o = S q
   * </pre>
   *
   * <p>Shapes: mixed[T, C] as {@link #convolve} wrote it, per token all q[Hk, dk], all k[Hk, dk],
   * all v[Hv, dv]; decay[T, Hv], not above 0; beta[T, Hv]; y[T, Hv, dv]. <br>
   * Numerics: f32; independent of how a prompt was cut into steps. <br>
   * Source: Yang, Kautz, Hatamizadeh, Gated Delta Networks, 2024.
   */
  void deltaRule(
      StateMemory state,
      int layer,
      List<Span> spans,
      DeltaShape shape,
      float[] mixed,
      float[] decay,
      float[] beta,
      float[] y);

  /**
   * Layer norm: {@code y[r] = (x[r] - mean(x[r])) / sqrt(variance(x[r]) + eps) * weight + bias},
   * over rows of {@code length}; y may be x.
   */
  void layerNorm(
      float[] x, int rows, int length, float[] weight, float[] bias, float eps, float[] y);

  /** The exact form of GELU in place: {@code x[i] = x[i] / 2 * (1 + erf(x[i] / sqrt(2)))}. */
  void gelu(float[] x, int count);

  /**
   * Attention of whole texts, as encoders have it: each row of a text sees all rows of that text
   * and of no other.
   *
   * <p>Shapes: q, k, v and y are [T, H, S] with T = starts[texts]; text i has the rows {@code
   * starts[i] <= t < starts[i + 1]}; y is none of the others. <br>
   * Numerics: softmax in f32; a row's result depends on its own text alone.
   *
   * @param starts ascending, one longer than there are texts
   * @param scale multiplies q . k before the softmax
   */
  void textAttention(
      int[] starts,
      int heads,
      int headSize,
      float scale,
      float[] q,
      float[] k,
      float[] v,
      float[] y);
}
