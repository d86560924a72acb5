package dev.tangram.engine;

import dev.tangram.engine.model.Batch;
import dev.tangram.engine.model.Draft;
import dev.tangram.engine.model.Shape;
import dev.tangram.engine.sample.Logits;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Span;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.batch.StepPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a model's multi-token prediction head after each step: over every pair of a hidden row and
 * the token after it, because the head has keys and values of its own, which whoever takes over a
 * prefix needs too; then, one token after the other, where a sequence wants more than one guess.
 *
 * <p>At the end of a block that is shared, the head's keys and values depend on the token that
 * followed in the text that ran it first. In another text they are a little off: a guess may be
 * worse for it, but never the text.
 *
 * <p>Threads: the step loop's, between two steps.
 */
final class HeadGuesses {
  private final Draft head;
  private final KvMemory kv;
  private final int width;
  private final int vocabulary;
  private final int drawable;
  private final float[] logits;
  private final float[] pairs;

  /** A sequence that wants guesses, its head row, and what it has so far. */
  private record Wish(Active active, Span span, int count) {}

  /**
   * @param drawable ids that may be guessed are below this
   * @param logits a buffer with a row for each sequence, free between steps
   */
  HeadGuesses(
      Draft head, KvMemory kv, Shape shape, int drawable, float[] logits, int stepTokensMax) {
    this.head = head;
    this.kv = kv;
    this.width = shape.width();
    this.vocabulary = shape.vocabulary();
    this.drawable = drawable;
    this.logits = logits;
    this.pairs = new float[stepTokensMax * width];
  }

  /**
   * Follows a step that has run and whose tokens were handed on; guesses are proposed to their
   * sequences.
   *
   * @param hidden a row for each row of the step
   * @param spans of the step
   * @param others sequences that decode beside one that does
   */
  void follow(StepPlan plan, List<Active> members, List<Span> spans, float[] hidden, int others) {
    List<Span> rows = new ArrayList<>();
    List<Wish> wishes = new ArrayList<>();
    int[] tokens = new int[plan.tokens()];
    int count = 0;
    for (int i = 0; i < members.size(); i++) {
      StepPlan.Work work = plan.work().get(i);
      Sequence sequence = work.sequence();
      Span ran = spans.get(i);
      // A pair needs the token after it: the last one of a sequence that has ended may have none.
      int known = Math.min(sequence.computed(), sequence.length() - 1) - work.position();
      if (known < 1) {
        continue;
      }
      for (int j = 0; j < known; j++) {
        tokens[count + j] = sequence.token(work.position() + j + 1);
      }
      System.arraycopy(hidden, ran.row() * width, pairs, count * width, known * width);
      Span span = new Span(count, known, work.position(), ran.blocks(), ran.windows(), -1);
      rows.add(span);
      count += known;
      int wanted = wanted(members.get(i), others);
      if (wanted > 0) {
        wishes.add(new Wish(members.get(i), span, wanted));
      }
    }
    if (count > 0) {
      guess(Arrays.copyOf(tokens, count), rows, wishes);
    }
  }

  private static int wanted(Active active, int others) {
    return active.decodes() && active.guesses() != null ? active.guesses().wantedOfHead(others) : 0;
  }

  private void guess(int[] tokens, List<Span> rows, List<Wish> wishes) {
    int[] last = wishes.stream().mapToInt(w -> w.span.row() + w.span.count() - 1).toArray();
    head.forward(new Batch(tokens, rows, last), pairs, kv, logits, pairs);
    List<Wish> asking = take(wishes, 0);
    for (int made = 1; !asking.isEmpty(); made++) {
      int n = asking.size();
      int[] ids = new int[n];
      int[] all = new int[n];
      List<Span> spans = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        Sequence sequence = asking.get(i).active.sequence();
        ids[i] = asking.get(i).active.guesses().tokens()[made - 1];
        all[i] = i;
        int position = sequence.computed() + made - 1;
        spans.add(new Span(i, 1, position, sequence.blockTable(), sequence.windowTable(), -1));
      }
      head.forward(new Batch(ids, spans, all), pairs, kv, logits, pairs);
      asking = take(asking, made);
    }
  }

  /**
   * Takes one more guess for each; row i of logits and pairs is the i-th wish's. Returns those that
   * want another and have a block for the pair that it takes; their rows are moved together.
   */
  private List<Wish> take(List<Wish> wishes, int made) {
    List<Wish> left = new ArrayList<>();
    for (int i = 0; i < wishes.size(); i++) {
      Wish wish = wishes.get(i);
      Sequence sequence = wish.active.sequence();
      int best = Logits.best(logits, i * vocabulary, drawable);
      int now = made;
      if (best >= 0) {
        wish.active.guesses().tokens()[now++] = best;
      }
      boolean hasRoom = sequence.computed() + made < sequence.blockCount() * KvMemory.BLOCK_LENGTH;
      if (best >= 0 && now < wish.count && hasRoom) {
        System.arraycopy(pairs, i * width, pairs, left.size() * width, width);
        left.add(wish);
      } else if (now > 0) {
        wish.active.guesses().fromHead(now);
      }
    }
    return left;
  }
}
