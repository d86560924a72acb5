package dev.tangram.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.Sequence;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Prompt lookup against a search of the whole text. */
class PromptLookupPropertyTest {
  private static Sequence sequence(int... tokens) {
    return new Sequence(1, CacheScope.LOCAL, tokens, 1 << 20, false, 0);
  }

  /** The longest match of at most {@code max} tokens, of equals the latest; -1 if below min. */
  private static int place(int[] text, int length, int max, int min) {
    int best = -1;
    int most = min - 1;
    for (int place = length - 1; place > 0; place--) {
      int match = 0;
      while (match < Math.min(max, place) && text[place - 1 - match] == text[length - 1 - match]) {
        match++;
      }
      if (match > most) {
        best = place;
        most = match;
      }
    }
    return best;
  }

  @Test
  void findsWhatASearchFinds() {
    long seed = Long.getLong("tangram.seed", System.nanoTime());
    System.out.println("seed=" + seed + " replay: -Dtangram.seed=" + seed);
    Random random = new Random(seed);
    int found = 0;
    for (int world = 0; world < 300; world++) {
      int max = 1 + random.nextInt(8);
      int min = 1 + random.nextInt(max);
      int alphabet = 3 + random.nextInt(12);
      // Fewer places end alike than are compared, or else the oldest are not found.
      int[] text = random.ints(40 + random.nextInt(60), 0, alphabet).toArray();
      int prompt = 1 + random.nextInt(30);
      Sequence sequence = sequence(Arrays.copyOf(text, prompt));
      PromptLookup lookup = new PromptLookup(max, min, new int[0], text.length);
      int[] guesses = new int[5];
      for (int length = prompt; length < text.length; length++) {
        // Not at every length: what was skipped must be listed later.
        if (random.nextInt(3) > 0) {
          int count = lookup.guess(sequence, 5, guesses);
          int place = place(text, length, max, min);
          assertThat(count > 0).as("world %d at %d", world, length).isEqualTo(place > 0);
          for (int i = 0; i < count; i++) {
            int expected = place + i < length ? text[place + i] : guesses[place + i - length];
            assertThat(guesses[i]).as("world %d at %d, %d", world, length, i).isEqualTo(expected);
          }
          found += count > 0 ? 1 : 0;
        }
        sequence.append(text[length]);
      }
    }
    assertThat(found).isGreaterThan(1_000);
  }

  @Test
  void whatRepeatsItselfGoesOnRepeating() {
    int[] guesses = new int[7];
    PromptLookup lookup = new PromptLookup(4, 2, new int[0], 100);
    assertThat(lookup.guess(sequence(1, 2, 3, 1, 2, 3, 1, 2), 7, guesses)).isEqualTo(7);
    assertThat(guesses).containsExactly(3, 1, 2, 3, 1, 2, 3);
  }

  @Test
  void aGivenTextIsCopiedToItsEnd() {
    int[] guesses = new int[9];
    PromptLookup lookup = new PromptLookup(4, 2, new int[] {5, 6, 7, 8, 9}, 100);
    Sequence sequence = sequence(1, 5, 6);
    assertThat(lookup.guess(sequence, 9, guesses)).isEqualTo(3);
    assertThat(Arrays.copyOf(guesses, 3)).containsExactly(7, 8, 9);
    assertThat(lookup.fromGiven()).isTrue();
    sequence.append(8);
    assertThat(lookup.guess(sequence, 9, guesses)).isZero();
    for (int token : new int[] {3, 8, 5, 6, 8}) {
      sequence.append(token);
    }
    assertThat(lookup.guess(sequence, 2, guesses)).as("its own text is nearer").isEqualTo(2);
    assertThat(guesses[0]).isEqualTo(3);
    assertThat(lookup.fromGiven()).isFalse();
  }

  @Test
  void aLongTextOfOneTokenCostsNoMoreThanAnyOther() {
    int[] text = new int[200_000];
    Sequence sequence = sequence(text);
    PromptLookup lookup = new PromptLookup(64, 3, new int[0], text.length + 1000);
    int[] guesses = new int[8];
    long start = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      assertThat(lookup.guess(sequence, 8, guesses)).isEqualTo(8);
      sequence.append(0);
    }
    // Quadratic it would be 200 million comparisons of 64 tokens.
    assertThat((System.nanoTime() - start) / 1e9).isLessThan(2);
  }
}
