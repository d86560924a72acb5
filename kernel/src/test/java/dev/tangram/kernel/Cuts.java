package dev.tangram.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Sequences with a row for each of their tokens, one sequence after another, and a slot each; and
 * ways to cut them into steps.
 */
record Cuts(int[] lengths, int[] slots) {
  /** Slots in any order. */
  static Cuts of(int[] lengths, int slotCount, Random random) {
    List<Integer> slots = new ArrayList<>(IntStream.range(0, slotCount).boxed().toList());
    Collections.shuffle(slots, random);
    return new Cuts(lengths, IntStream.range(0, lengths.length).map(slots::get).toArray());
  }

  int tokens() {
    return Arrays.stream(lengths).sum();
  }

  int firstRow(int sequence) {
    return Arrays.stream(lengths, 0, sequence).sum();
  }

  Span span(int sequence, int from, int count) {
    return new Span(firstRow(sequence) + from, count, from, new int[0], slots[sequence]);
  }

  /** All tokens of every sequence in one step. */
  List<List<Span>> whole() {
    return List.of(
        IntStream.range(0, lengths.length).mapToObj(i -> span(i, 0, lengths[i])).toList());
  }

  /** One sequence after another, a token a step. */
  List<List<Span>> oneByOne() {
    List<List<Span>> steps = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      for (int t = 0; t < lengths[i]; t++) {
        steps.add(List.of(span(i, t, 1)));
      }
    }
    return steps;
  }

  /** Pieces of random lengths, in company of random others, in any order within a step. */
  List<List<Span>> inPieces(int most, Random random) {
    List<List<Span>> steps = new ArrayList<>();
    int[] done = new int[lengths.length];
    while (!Arrays.equals(done, lengths)) {
      List<Span> spans = new ArrayList<>();
      for (int i = 0; i < lengths.length; i++) {
        int count = Math.min(lengths[i] - done[i], random.nextInt(most + 1));
        if (count > 0) {
          spans.add(span(i, done[i], count));
          done[i] += count;
        }
      }
      Collections.shuffle(spans, random);
      steps.add(spans);
    }
    return steps;
  }
}
