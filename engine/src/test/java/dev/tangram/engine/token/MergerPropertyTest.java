package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Both ways of merging against the definition: merge the lowest rank, of equals the leftmost, until
 * none is left.
 */
class MergerPropertyTest {
  @Test
  void bothWaysEqualTheDefinition() {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int n = 0; n < 4_000; n++) {
      MergeTable table = table(random);
      int size = random.nextInt(random.nextInt(8) == 0 ? 300 : 50);
      int[] word = IntStream.generate(() -> random.nextInt(-1, 4)).limit(size).toArray();
      List<Integer> expected = define(table, word);
      for (int shortMax : new int[] {0, 1_000}) {
        Merger merger = new Merger(table, shortMax);
        for (int round = 0; round < 2; round++) {
          merger.clear();
          IntStream.of(word).forEach(merger::add);
          merger.merge();
          assertThat(IntStream.range(0, merger.size()).mapToObj(merger::symbol))
              .as("seed=%d, round %d, shortMax %d", seed, n, shortMax)
              .isEqualTo(expected);
        }
      }
    }
  }

  /** Random merges of the symbols 0..3 and of what they make; some share a rank, as scores do. */
  private static MergeTable table(SplittableRandom random) {
    MergeTable table = new MergeTable(4);
    int symbols = 4;
    for (int rank = 0; rank < random.nextInt(1, 40); rank++) {
      int merged = random.nextInt(4) == 0 ? random.nextInt(symbols) : symbols++;
      int shared = random.nextInt(3) == 0 ? rank / 2 : rank;
      table.put(random.nextInt(symbols), random.nextInt(symbols), shared, merged);
    }
    return table;
  }

  private static List<Integer> define(MergeTable table, int[] word) {
    List<Integer> symbols = new ArrayList<>(IntStream.of(word).boxed().toList());
    while (true) {
      int best = -1;
      long rank = Long.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        long pair = table.find(symbols.get(i), symbols.get(i + 1));
        if (pair != MergeTable.NONE && MergeTable.rank(pair) < rank) {
          rank = MergeTable.rank(pair);
          best = i;
        }
      }
      if (best < 0) {
        return symbols;
      }
      long pair = table.find(symbols.get(best), symbols.get(best + 1));
      symbols.set(best, MergeTable.merged(pair));
      symbols.remove(best + 1);
    }
  }
}
