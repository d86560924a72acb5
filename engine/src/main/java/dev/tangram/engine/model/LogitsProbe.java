package dev.tangram.engine.model;

import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One sequence alone on a model, in KV memory of its own: what a model says, before any sampling.
 *
 * <p>Threads: owned by one thread, which owns the model too while it probes.
 */
public final class LogitsProbe implements AutoCloseable {
  private final Model model;
  private final KvMemory kv;
  private final StateMemory state;
  private final int[] blocks;
  private final int positionsMax;
  private final int stepTokensMax;
  private final int logitRowsMax;
  private final float[] logits;
  private int length;

  /** Takes one row of raw logits. */
  @FunctionalInterface
  public interface RowSink {
    /**
     * @param position of the token that these logits follow
     * @param logits [V]; the receiver's to keep
     */
    void accept(int position, float[] logits);
  }

  /**
   * @param positionsMax most tokens that will be appended; KV memory is reserved for them
   * @param stepTokensMax most tokens in one step, at most what the model was opened with
   * @param logitRowsMax most rows of logits in one step, at most what the model was opened with
   * @throws IllegalArgumentException if {@code positionsMax} is outside the model's context
   */
  public LogitsProbe(Model model, int positionsMax, int stepTokensMax, int logitRowsMax) {
    this(model, positionsMax, stepTokensMax, logitRowsMax, KvType.F32);
  }

  /**
   * As the other, with keys and values kept as {@code type}.
   *
   * @throws IllegalArgumentException if {@code positionsMax} is outside the model's context
   */
  public LogitsProbe(
      Model model, int positionsMax, int stepTokensMax, int logitRowsMax, KvType type) {
    Shape shape = model.shape();
    if (positionsMax < 1 || positionsMax > shape.contextLength()) {
      throw new IllegalArgumentException(
          "ids: found %d tokens, allowed: 1 to %d, the model's context length"
              .formatted(positionsMax, shape.contextLength()));
    }
    this.model = model;
    this.positionsMax = positionsMax;
    this.stepTokensMax = atLeastOne("stepTokensMax", stepTokensMax);
    this.logitRowsMax = Math.min(atLeastOne("logitRowsMax", logitRowsMax), stepTokensMax);
    int count = Math.ceilDiv(positionsMax, KvMemory.BLOCK_LENGTH);
    this.blocks = IntStream.range(0, count).toArray();
    this.logits = new float[Math.multiplyExact(this.logitRowsMax, shape.vocabulary())];
    this.kv = shape.kvMemory(count, type);
    this.state = shape.stateMemory(1);
    if (state != null) {
      state.clear(0);
    }
  }

  /**
   * The raw logits rows after {@code positions} of {@code ids}, in ascending order of position.
   *
   * @throws IllegalArgumentException if an id is outside the vocabulary, a position outside the
   *     ids, or there are more ids than the model's context length
   */
  public static Map<Integer, float[]> logits(
      Model model, int[] ids, int[] positions, int stepTokensMax, int logitRowsMax) {
    return logits(model, ids, positions, stepTokensMax, logitRowsMax, KvType.F32);
  }

  /** As the other, with keys and values kept as {@code type}. */
  public static Map<Integer, float[]> logits(
      Model model, int[] ids, int[] positions, int stepTokensMax, int logitRowsMax, KvType type) {
    Map<Integer, float[]> rows = new LinkedHashMap<>();
    try (LogitsProbe probe =
        new LogitsProbe(model, ids.length, stepTokensMax, logitRowsMax, type)) {
      probe.append(ids, positions, rows::put);
    }
    return rows;
  }

  /** Tokens appended so far. */
  public int length() {
    return length;
  }

  /**
   * Runs {@code ids} after what was appended before, in steps, and hands over the rows asked for in
   * ascending order.
   *
   * @param positions counted from the start of the sequence, any order, each inside the ids of this
   *     call
   * @throws IllegalArgumentException as {@link #logits}, before anything runs
   */
  public void append(int[] ids, int[] positions, RowSink sink) {
    int[] wanted = Arrays.stream(positions).sorted().distinct().toArray();
    check(ids, wanted);
    int done = 0;
    int nextWanted = 0;
    while (done < ids.length) {
      int last = Math.min(done + stepTokensMax, ids.length);
      int from = nextWanted;
      while (nextWanted < wanted.length
          && wanted[nextWanted] < length + last - done
          && nextWanted - from < logitRowsMax) {
        nextWanted++;
      }
      if (nextWanted < wanted.length && wanted[nextWanted] < length + last - done) {
        // The buffer for logits is full: the next wanted row opens the next step.
        last = done + wanted[nextWanted] - length;
      }
      step(Arrays.copyOfRange(ids, done, last), Arrays.copyOfRange(wanted, from, nextWanted), sink);
      done = last;
    }
  }

  private void step(int[] ids, int[] wanted, RowSink sink) {
    int first = length;
    int[] rows = Arrays.stream(wanted).map(position -> position - first).toArray();
    Span span = new Span(0, ids.length, first, blocks, 0);
    model.forward(new Batch(ids, List.of(span), rows), kv, state, logits, null);
    length += ids.length;
    int vocabulary = model.shape().vocabulary();
    for (int i = 0; i < wanted.length; i++) {
      sink.accept(wanted[i], Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary));
    }
  }

  private void check(int[] ids, int[] wanted) {
    int vocabulary = model.shape().vocabulary();
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= vocabulary) {
        throw new IllegalArgumentException(
            "ids[%d]: found %d, allowed: 0 to %d".formatted(i, ids[i], vocabulary - 1));
      }
    }
    if (ids.length > positionsMax - length) {
      throw new IllegalArgumentException(
          "ids: found %d tokens after %d, allowed: %d together"
              .formatted(ids.length, length, positionsMax));
    }
    for (int position : wanted) {
      if (position < length || position >= length + ids.length) {
        throw new IllegalArgumentException(
            "positions: found %d, allowed: %d to %d"
                .formatted(position, length, length + ids.length - 1));
      }
    }
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "%s: found %d, allowed: at least 1".formatted(name, value));
    }
    return value;
  }

  @Override
  public void close() {
    kv.close();
    if (state != null) {
      state.close();
    }
  }
}
