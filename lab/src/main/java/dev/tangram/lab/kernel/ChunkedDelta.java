package dev.tangram.lab.kernel;

import dev.tangram.kernel.DeltaShape;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The gated delta rule in chunks of 64 tokens as matrix products, the rival of {@code
 * Kernels.deltaRule} that is not shipped: docs/decisions/0007. Needs dk a multiple of the registers
 * and dv of 32; takes the same operands.
 *
 * <p>With {@code G} the decays summed up within the chunk and S the state before it, the changes R
 * solve {@code (I + L) R = beta (V - exp(G) K S)}, {@code L[i, j] = beta_i (k_i k_j) exp(G_i -
 * G_j)} below the diagonal. Solving for R itself saves the product that the WY form spends on W,
 * which only pays where chunks are worked on at the same time; here heads are.
 */
public final class ChunkedDelta {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int COUNT = F.length();
  private static final int CHUNK = 64;
  private static final int PANEL = DeltaShape.PANEL;

  private static final ThreadLocal<Scratch> SCRATCH = new ThreadLocal<>();

  /** Buffers of one worker for heads of one size. */
  private static final class Scratch {
    final int keys;
    final float[] q;
    final float[] k;
    final float[] transposed;
    final float[] scaled;
    final float[] kk = new float[CHUNK * CHUNK];
    final float[] qk = new float[CHUNK * CHUNK];
    final float[] lower = new float[CHUNK * CHUNK];
    final float[] shares = new float[CHUNK * CHUNK];
    final float[] sums = new float[CHUNK];
    final float[] beta = new float[CHUNK];
    final float[] state;
    final float[] changes = new float[CHUNK * PANEL];
    final float[] out = new float[CHUNK * PANEL];

    Scratch(int keys) {
      this.keys = keys;
      q = new float[CHUNK * keys];
      k = new float[CHUNK * keys];
      transposed = new float[CHUNK * keys];
      scaled = new float[CHUNK * keys];
      state = new float[keys * PANEL];
    }
  }

  private final DeltaShape shape;
  private final float[] mixed;
  private final float[] decay;
  private final float[] beta;
  private final float[] y;

  private ChunkedDelta(DeltaShape shape, float[] mixed, float[] decay, float[] beta, float[] y) {
    this.shape = shape;
    this.mixed = mixed;
    this.decay = decay;
    this.beta = beta;
    this.y = y;
  }

  public static void run(
      StateMemory state,
      int layer,
      List<Span> spans,
      DeltaShape shape,
      float[] mixed,
      float[] decay,
      float[] beta,
      float[] y,
      Workers workers) {
    ChunkedDelta delta = new ChunkedDelta(shape, mixed, decay, beta, y);
    for (Span span : spans) {
      MemorySegment memory = state.recurrent(layer, span.slot());
      workers.run(shape.keyHeads(), keyHead -> delta.keyHead(memory, span, keyHead));
    }
  }

  /** All value heads of one key head, chunk after chunk: they share the products of q and k. */
  private void keyHead(MemorySegment memory, Span span, int keyHead) {
    Scratch s = SCRATCH.get();
    if (s == null || s.keys != shape.keySize()) {
      s = new Scratch(shape.keySize());
      SCRATCH.set(s);
    }
    for (int done = 0; done < span.count(); done += CHUNK) {
      int count = Math.min(CHUNK, span.count() - done);
      int row = span.row() + done;
      int padded = Math.ceilDiv(count, 4) * 4;
      units(s, keyHead, row, count, padded);
      for (int i = 0; i < padded; i += 4) {
        for (int j = 0; j < i + 4; j += 2 * COUNT) {
          clear(s.kk, i * CHUNK + j);
          clear(s.qk, i * CHUNK + j);
          int n = s.keys;
          tile(s.k, i * n, n, 1, s.transposed, j, CHUNK, n, s.kk, i * CHUNK + j, CHUNK);
          tile(s.q, i * n, n, 1, s.transposed, j, CHUNK, n, s.qk, i * CHUNK + j, CHUNK);
        }
      }
      for (int head = 0; head < shape.valueHeads(); head++) {
        if (shape.keyHead(head) == keyHead) {
          head(s, memory, head, row, count, padded);
        }
      }
    }
  }

  private static void clear(float[] c, int at) {
    for (int i = 0; i < 4; i++) {
      Arrays.fill(c, at + i * CHUNK, at + i * CHUNK + 2 * COUNT, 0);
    }
  }

  /** Queries and keys divided by their length; rows past the last are zero. */
  private void units(Scratch s, int keyHead, int row, int count, int padded) {
    int n = s.keys;
    for (int t = 0; t < count; t++) {
      int q = (row + t) * shape.channels() + keyHead * n;
      int k = q + shape.keyHeads() * n;
      unit(mixed, q, n, n, s.q, t * n);
      unit(mixed, k, n, 1, s.k, t * n);
    }
    Arrays.fill(s.q, count * n, padded * n, 0);
    Arrays.fill(s.k, count * n, padded * n, 0);
    for (int t = 0; t < padded; t++) {
      for (int i = 0; i < n; i++) {
        s.transposed[i * CHUNK + t] = s.k[t * n + i];
      }
    }
  }

  private static void unit(float[] x, int from, int length, int divisor, float[] y, int to) {
    FloatVector sum = FloatVector.zero(F);
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      FloatVector v = FloatVector.fromArray(F, x, from + i);
      sum = v.fma(v, sum);
    }
    float squares = 1e-6f;
    for (float lane : sum.toArray()) {
      squares += lane;
    }
    for (; i < length; i++) {
      squares += x[from + i] * x[from + i];
    }
    float factor = (float) (1 / Math.sqrt((double) squares * divisor));
    for (i = 0; i < length; i++) {
      y[to + i] = x[from + i] * factor;
    }
  }

  private void head(Scratch s, MemorySegment memory, int head, int row, int count, int padded) {
    float sum = 0;
    for (int t = 0; t < padded; t++) {
      int at = (row + t) * shape.valueHeads() + head;
      sum += t < count ? decay[at] : 0;
      s.sums[t] = sum;
      s.beta[t] = t < count ? beta[at] : 0;
    }
    for (int i = 0; i < padded; i++) {
      triangles(s, i);
      float kept = (float) Math.exp(s.sums[padded - 1] - s.sums[i]);
      for (int c = i * s.keys; c < (i + 1) * s.keys; c += COUNT) {
        FloatVector.fromArray(F, s.k, c).mul(kept).intoArray(s.scaled, c);
      }
    }
    for (int p = 0; p < shape.panels(); p++) {
      long at = shape.index(head, 0, p * PANEL) * Float.BYTES;
      MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, at, s.state, 0, s.state.length);
      panel(s, head * shape.valueSize() + p * PANEL, row, count, padded);
      MemorySegment.copy(s.state, 0, memory, ValueLayout.JAVA_FLOAT, at, s.state.length);
    }
  }

  /** Row i of both triangles; masked before the exponential, which overflows above the diagonal. */
  private static void triangles(Scratch s, int i) {
    for (int j = 0; j < (i / 4 + 1) * 4; j += COUNT) {
      VectorMask<Float> diagonal = F.indexInRange(j, i + 1);
      VectorMask<Float> below = F.indexInRange(j, i);
      int at = i * CHUNK + j;
      FloatVector kept =
          FloatVector.broadcast(F, s.sums[i])
              .sub(FloatVector.fromArray(F, s.sums, j))
              .min(0)
              .lanewise(VectorOperators.EXP);
      FloatVector zero = FloatVector.zero(F);
      zero.blend(FloatVector.fromArray(F, s.qk, at).mul(kept), diagonal).intoArray(s.shares, at);
      zero.blend(FloatVector.fromArray(F, s.kk, at).mul(kept).mul(-s.beta[i]), below)
          .intoArray(s.lower, at);
    }
  }

  private void panel(Scratch s, int value, int row, int count, int padded) {
    int n = s.keys;
    Arrays.fill(s.changes, 0, padded * PANEL, 0);
    Arrays.fill(s.out, 0, padded * PANEL, 0);
    for (int r = 0; r < PANEL; r += 2 * COUNT) {
      for (int i = 0; i < padded; i += 4) {
        tile(s.k, i * n, n, 1, s.state, r, PANEL, n, s.changes, i * PANEL + r, PANEL);
        tile(s.q, i * n, n, 1, s.state, r, PANEL, n, s.out, i * PANEL + r, PANEL);
      }
    }
    int v = shape.channels() - shape.inner() + value;
    for (int t = 0; t < count; t++) {
      float kept = (float) Math.exp(s.sums[t]);
      for (int i = 0; i < PANEL; i += COUNT) {
        FloatVector own = FloatVector.fromArray(F, mixed, (row + t) * shape.channels() + v + i);
        int at = t * PANEL + i;
        own.sub(FloatVector.fromArray(F, s.changes, at).mul(kept))
            .mul(s.beta[t])
            .intoArray(s.changes, at);
        FloatVector.fromArray(F, s.out, at).mul(kept).intoArray(s.out, at);
      }
    }
    Arrays.fill(s.changes, count * PANEL, padded * PANEL, 0);
    float kept = (float) Math.exp(s.sums[padded - 1]);
    for (int i = 0; i < s.state.length; i += COUNT) {
      FloatVector.fromArray(F, s.state, i).mul(kept).intoArray(s.state, i);
    }
    for (int r = 0; r < PANEL; r += 2 * COUNT) {
      for (int i = 0; i < padded; i += 4) {
        solve(s, i, r);
        tile(
            s.shares, i * CHUNK, CHUNK, 1, s.changes, r, PANEL, i + 4, s.out, i * PANEL + r, PANEL);
      }
      for (int i = 0; i < n; i += 4) {
        tile(s.scaled, i, 1, n, s.changes, r, PANEL, padded, s.state, i * PANEL + r, PANEL);
      }
    }
    for (int t = 0; t < count; t++) {
      System.arraycopy(s.out, t * PANEL, y, (row + t) * shape.inner() + value, PANEL);
    }
  }

  /** Four rows of the changes: what earlier rows take from them, then one after another. */
  private static void solve(Scratch s, int i, int r) {
    tile(s.lower, i * CHUNK, CHUNK, 1, s.changes, r, PANEL, i, s.changes, i * PANEL + r, PANEL);
    for (int row = i + 1; row < i + 4; row++) {
      for (int c = r; c < r + 2 * COUNT; c += COUNT) {
        FloatVector a = FloatVector.fromArray(F, s.changes, row * PANEL + c);
        for (int j = i; j < row; j++) {
          FloatVector factor = FloatVector.broadcast(F, s.lower[row * CHUNK + j]);
          a = FloatVector.fromArray(F, s.changes, j * PANEL + c).fma(factor, a);
        }
        a.intoArray(s.changes, row * PANEL + c);
      }
    }
  }

  /**
   * {@code c[row][two registers] += sum over n of a[row, n] b[n][two registers]}, four rows.
   *
   * @param rowStep between rows of a, {@code nStep} between its columns
   */
  private static void tile(
      float[] a,
      int aAt,
      int rowStep,
      int nStep,
      float[] b,
      int bAt,
      int bStep,
      int n,
      float[] c,
      int cAt,
      int cStep) {
    FloatVector a0 = FloatVector.fromArray(F, c, cAt);
    FloatVector a1 = FloatVector.fromArray(F, c, cAt + COUNT);
    FloatVector b0 = FloatVector.fromArray(F, c, cAt + cStep);
    FloatVector b1 = FloatVector.fromArray(F, c, cAt + cStep + COUNT);
    FloatVector c0 = FloatVector.fromArray(F, c, cAt + 2 * cStep);
    FloatVector c1 = FloatVector.fromArray(F, c, cAt + 2 * cStep + COUNT);
    FloatVector d0 = FloatVector.fromArray(F, c, cAt + 3 * cStep);
    FloatVector d1 = FloatVector.fromArray(F, c, cAt + 3 * cStep + COUNT);
    for (int i = 0; i < n; i++, aAt += nStep, bAt += bStep) {
      FloatVector w0 = FloatVector.fromArray(F, b, bAt);
      FloatVector w1 = FloatVector.fromArray(F, b, bAt + COUNT);
      FloatVector xa = FloatVector.broadcast(F, a[aAt]);
      a0 = w0.fma(xa, a0);
      a1 = w1.fma(xa, a1);
      FloatVector xb = FloatVector.broadcast(F, a[aAt + rowStep]);
      b0 = w0.fma(xb, b0);
      b1 = w1.fma(xb, b1);
      FloatVector xc = FloatVector.broadcast(F, a[aAt + 2 * rowStep]);
      c0 = w0.fma(xc, c0);
      c1 = w1.fma(xc, c1);
      FloatVector xd = FloatVector.broadcast(F, a[aAt + 3 * rowStep]);
      d0 = w0.fma(xd, d0);
      d1 = w1.fma(xd, d1);
    }
    a0.intoArray(c, cAt);
    a1.intoArray(c, cAt + COUNT);
    b0.intoArray(c, cAt + cStep);
    b1.intoArray(c, cAt + cStep + COUNT);
    c0.intoArray(c, cAt + 2 * cStep);
    c1.intoArray(c, cAt + 2 * cStep + COUNT);
    d0.intoArray(c, cAt + 3 * cStep);
    d1.intoArray(c, cAt + 3 * cStep + COUNT);
  }
}
