package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;
import static dev.tangram.kernel.vector.Lanes.F;

import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Depthwise causal convolution and SiLU, a lane a channel. Only the first tokens of a span see
 * inputs of an earlier step: those are laid before them in a small window, the others are read
 * where they stand.
 *
 * <p>Numerics: per channel one FMA chain from the oldest input to the newest.
 */
final class Convolution {
  /** Channels of a chunk: its inputs of some tokens and its weights fit the first-level cache. */
  private static final int CHUNK = 512;

  /** Fewer elements than this are not worth waking anybody. */
  private static final int ALONE = 16 << 10;

  private static final ThreadLocal<float[]> WINDOW =
      ThreadLocal.withInitial(() -> new float[6 * CHUNK]);

  private final int channels;
  private final int taps;
  private final float[] weight;
  private final float[] u;
  private final float[] y;

  private Convolution(int channels, float[] weight, float[] u, float[] y) {
    this.channels = channels;
    this.taps = weight.length / channels;
    this.weight = weight;
    this.u = u;
    this.y = y;
  }

  static void run(
      StateMemory state,
      int layer,
      List<Span> spans,
      int channels,
      float[] weight,
      float[] u,
      float[] y,
      Workers workers) {
    if (weight.length == 0 || weight.length % channels != 0) {
      throw new IllegalArgumentException(
          "weights must be taps of %d channels each, found %d floats"
              .formatted(channels, weight.length));
    }
    Convolution convolution = new Convolution(channels, weight, u, y);
    MemorySegment[] pasts = new MemorySegment[spans.size()];
    int tokens = 0;
    for (int i = 0; i < pasts.length; i++) {
      Span span = spans.get(i);
      Objects.checkFromIndexSize(span.row(), span.count(), Math.min(u.length, y.length) / channels);
      pasts[i] = state.convolution(layer, span.slot());
      long expected = (long) (weight.length - channels) * Float.BYTES;
      if (pasts[i].byteSize() != expected) {
        throw new IllegalArgumentException(
            "%d taps of %d channels need %d bytes of state a layer, found %d"
                .formatted(convolution.taps, channels, expected, pasts[i].byteSize()));
      }
      tokens += span.count();
    }
    int perSpan = Math.ceilDiv(channels, CHUNK);
    if ((long) tokens * channels <= ALONE) {
      for (int i = 0; i < pasts.length * perSpan; i++) {
        convolution.chunk(pasts[i / perSpan], spans.get(i / perSpan), i % perSpan * CHUNK);
      }
    } else {
      workers.run(
          pasts.length * perSpan,
          i -> convolution.chunk(pasts[i / perSpan], spans.get(i / perSpan), i % perSpan * CHUNK));
    }
  }

  /** The channels [from, from + CHUNK) of one span, and their state. */
  private void chunk(MemorySegment past, Span span, int from) {
    int width = Math.min(CHUNK, channels - from);
    int before = taps - 1;
    int early = Math.min(before, span.count());
    int first = span.row() * channels + from;
    float[] window = window((before + early) * width);
    for (int j = 0; j < before; j++) {
      MemorySegment.copy(past, ValueLayout.JAVA_FLOAT, pastAt(j, from), window, j * width, width);
    }
    for (int t = 0; t < early; t++) {
      System.arraycopy(u, first + t * channels, window, (before + t) * width, width);
    }
    for (int t = 0; t < early; t++) {
      token(from, width, window, t * width, width, first + t * channels);
    }
    for (int t = early; t < span.count(); t++) {
      int at = first + t * channels;
      token(from, width, u, at - before * channels, channels, at);
    }
    for (int j = 0; j < before; j++) {
      int t = span.count() - before + j;
      if (t < 0) {
        MemorySegment.copy(
            window, (before + t) * width, past, ValueLayout.JAVA_FLOAT, pastAt(j, from), width);
      } else {
        MemorySegment.copy(
            u, first + t * channels, past, ValueLayout.JAVA_FLOAT, pastAt(j, from), width);
      }
    }
  }

  private long pastAt(int j, int from) {
    return ((long) j * channels + from) * Float.BYTES;
  }

  private static float[] window(int length) {
    float[] window = WINDOW.get();
    if (window.length < length) {
      window = new float[length];
      WINDOW.set(window);
    }
    return window;
  }

  /**
   * One token.
   *
   * @param in its oldest input at {@code inAt}, each newer one {@code step} further
   */
  private void token(int from, int width, float[] in, int inAt, int step, int to) {
    int c = 0;
    if (taps == 4) {
      c = fourTaps(from, width, in, inAt, step, to);
    }
    for (; c + COUNT <= width; c += COUNT) {
      FloatVector sum = FloatVector.zero(F);
      int w = from + c;
      int x = inAt + c;
      for (int j = 0; j < taps; j++, w += channels, x += step) {
        sum = FloatVector.fromArray(F, weight, w).fma(FloatVector.fromArray(F, in, x), sum);
      }
      sum.intoArray(y, to + c);
    }
    if (c < width) {
      VectorMask<Float> tail = F.indexInRange(c, width);
      FloatVector sum = FloatVector.zero(F);
      int w = from + c;
      int x = inAt + c;
      for (int j = 0; j < taps; j++, w += channels, x += step) {
        sum =
            FloatVector.fromArray(F, weight, w, tail)
                .fma(FloatVector.fromArray(F, in, x, tail), sum);
      }
      sum.intoArray(y, to + c, tail);
    }
    Elementwise.silu(y, to, to + width);
  }

  /** Sums of whole registers, with the taps that all known models have; returns where they end. */
  private int fourTaps(int from, int width, float[] in, int inAt, int step, int to) {
    int c = 0;
    for (; c + COUNT <= width; c += COUNT) {
      int w = from + c;
      int x = inAt + c;
      FloatVector sum = FloatVector.zero(F);
      sum = FloatVector.fromArray(F, weight, w).fma(FloatVector.fromArray(F, in, x), sum);
      sum =
          FloatVector.fromArray(F, weight, w + channels)
              .fma(FloatVector.fromArray(F, in, x + step), sum);
      sum =
          FloatVector.fromArray(F, weight, w + 2 * channels)
              .fma(FloatVector.fromArray(F, in, x + 2 * step), sum);
      sum =
          FloatVector.fromArray(F, weight, w + 3 * channels)
              .fma(FloatVector.fromArray(F, in, x + 3 * step), sum);
      sum.intoArray(y, to + c);
    }
    return c;
  }
}
