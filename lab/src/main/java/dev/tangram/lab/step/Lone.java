package dev.tangram.lab.step;

import dev.tangram.engine.model.Batch;
import dev.tangram.engine.model.Model;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import java.util.List;
import java.util.stream.IntStream;

/** One sequence alone on a model, with memory of its own; its tokens mean nothing. */
final class Lone implements AutoCloseable {
  private final Model model;
  private final KvMemory kv;
  private final StateMemory state;
  private final int[] blocks;
  private final float[] logits;
  private int length;

  /**
   * @param positions most tokens that it will have
   */
  Lone(Model model, int positions, KvType type) {
    if (positions > model.shape().contextLength()) {
      throw new IllegalArgumentException(
          "context: found %d, allowed: at most %d, the model's"
              .formatted(positions, model.shape().contextLength()));
    }
    int count = Math.ceilDiv(positions, KvMemory.BLOCK_LENGTH);
    this.model = model;
    this.kv = model.shape().kvMemory(count, type);
    this.state = model.shape().stateMemory(1);
    this.blocks = IntStream.range(0, count).toArray();
    this.logits = new float[model.shape().vocabulary()];
    if (state != null) {
      state.clear(0);
    }
  }

  int length() {
    return length;
  }

  /** Begins anew. */
  void forget() {
    length = 0;
    if (state != null) {
      state.clear(0);
    }
  }

  /** Appends {@code count} tokens in steps as the engine makes them; logits of the last alone. */
  void read(int count) {
    for (int left = count; left > 0; ) {
      int now = Math.min(left, OpenModel.STEP_TOKENS);
      left -= now;
      step(now, left == 0);
    }
  }

  /** Appends {@code count} tokens one by one, each with its logits. */
  void decode(int count) {
    for (int i = 0; i < count; i++) {
      step(1, true);
    }
  }

  private void step(int count, boolean last) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = 1000 + (int) ((length + i) * 7919L % 20_000);
    }
    Span span = new Span(0, count, length, blocks, 0);
    int[] rows = last ? new int[] {count - 1} : new int[0];
    model.forward(new Batch(ids, List.of(span), rows), kv, state, logits, null);
    length += count;
  }

  @Override
  public void close() {
    kv.close();
    if (state != null) {
      state.close();
    }
  }
}
