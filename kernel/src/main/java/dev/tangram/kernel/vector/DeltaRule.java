package dev.tangram.kernel.vector;

import static dev.tangram.kernel.vector.Lanes.COUNT;

import dev.tangram.kernel.DeltaShape;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/**
 * The gated delta rule token by token. A panel of a head's state (16 KiB at dk = 128) stays in the
 * first-level cache over a block of tokens and the head in the second-level one over the span, so a
 * span reads and writes its state once, however long it is.
 *
 * <p>Numerics: a value's state and output depend on its own sequence alone, token after token; see
 * {@link DeltaLoops}.
 */
final class DeltaRule {
  private static final ThreadLocal<DeltaTokens> TOKENS = ThreadLocal.withInitial(DeltaTokens::new);

  private final DeltaShape shape;
  private final float[] mixed;
  private final float[] decay;
  private final float[] beta;
  private final float[] y;

  private DeltaRule(DeltaShape shape, float[] mixed, float[] decay, float[] beta, float[] y) {
    this.shape = shape;
    this.mixed = mixed;
    this.decay = decay;
    this.beta = beta;
    this.y = y;
  }

  static void run(
      StateMemory state,
      int layer,
      List<Span> spans,
      DeltaShape shape,
      float[] mixed,
      float[] decay,
      float[] beta,
      float[] y,
      Workers workers) {
    int heads = shape.valueHeads();
    int rows =
        Math.min(
            Math.min(mixed.length / shape.channels(), y.length / shape.inner()),
            Math.min(decay.length, beta.length) / heads);
    MemorySegment[] states = new MemorySegment[spans.size()];
    for (int i = 0; i < states.length; i++) {
      Span span = spans.get(i);
      Objects.checkFromIndexSize(span.row(), span.count(), rows);
      states[i] = state.recurrent(layer, span.slot());
      if (states[i].byteSize() != shape.recurrent() * Float.BYTES) {
        throw new IllegalArgumentException(
            "%s needs %d bytes of state a layer, found %d"
                .formatted(shape, shape.recurrent() * Float.BYTES, states[i].byteSize()));
      }
    }
    DeltaRule rule = new DeltaRule(shape, mixed, decay, beta, y);
    // A chunk is a head; its panels apart where heads are too few to balance the threads.
    int pieces = spans.size() * heads >= 4 * workers.threads() ? 1 : shape.panels();
    int perSpan = heads * pieces;
    workers.run(
        Math.multiplyExact(spans.size(), perSpan),
        i -> {
          int piece = i % pieces;
          int last = pieces == 1 ? shape.panels() : piece + 1;
          rule.head(states[i / perSpan], spans.get(i / perSpan), i % perSpan / pieces, piece, last);
        });
  }

  /** The panels [first, last) of one head over a whole span. */
  private void head(MemorySegment state, Span span, int head, int first, int last) {
    DeltaTokens tokens = TOKENS.get();
    for (int done = 0; done < span.count(); done += DeltaTokens.BLOCK) {
      int row = span.row() + done;
      int count = Math.min(DeltaTokens.BLOCK, span.count() - done);
      tokens.prepare(shape, head, row, count, mixed, decay, beta);
      for (int p = first; p < last; p++) {
        long from = shape.index(head, 0, p * DeltaShape.PANEL) * Float.BYTES;
        long bytes = (long) shape.keySize() * shape.panelWidth(p) * Float.BYTES;
        panel(state.asSlice(from, bytes), head, p, tokens, row, count);
      }
    }
  }

  private void panel(MemorySegment panel, int head, int p, DeltaTokens tokens, int row, int count) {
    int width = shape.panelWidth(p);
    int value = head * shape.valueSize() + p * DeltaShape.PANEL;
    int r = 0;
    for (; r + 2 * COUNT <= width; r += 2 * COUNT) {
      pair(panel, r, width, value + r, tokens, row, count);
    }
    long step = (long) width * Float.BYTES;
    for (; r < width; r++) {
      for (int t = 0; t < count; t++) {
        y[(row + t) * shape.inner() + value + r] =
            DeltaLoops.one(
                panel,
                r * 4L,
                step,
                shape.keySize(),
                tokens.units,
                2 * t * shape.keySize(),
                tokens.kept[t],
                tokens.beta[t],
                tokens.product[t],
                mixed[v(row + t, value + r)]);
      }
    }
  }

  private int v(int row, int value) {
    return row * shape.channels() + shape.channels() - shape.inner() + value;
  }

  /** Two registers of values over a block of tokens. */
  private void pair(
      MemorySegment panel, int r, int width, int value, DeltaTokens tokens, int row, int count) {
    int keys = shape.keySize();
    long at = r * 4L;
    long step = width * 4L;
    float[] units = tokens.units;
    float[] sums = tokens.sums;
    DeltaLoops.sums(panel, at, step, keys, units, 0, sums);
    for (int t = 0; t < count; t++) {
      float kept = tokens.kept[t];
      int o = (row + t) * shape.inner() + value;
      DeltaLoops.change(
          sums, kept, tokens.beta[t], tokens.product[t], mixed, v(row + t, value), y, o);
      if (t + 1 < count) {
        DeltaLoops.applyAndSum(panel, at, step, keys, units, 2 * t * keys, kept, sums);
      } else {
        DeltaLoops.apply(panel, at, step, keys, units, 2 * t * keys, kept, sums);
      }
    }
  }
}
