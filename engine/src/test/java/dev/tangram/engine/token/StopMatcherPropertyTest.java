package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StopMatcherPropertyTest {
  @Test
  void anyCutOfATextGivesWhatTheWholeGives() {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int n = 0; n < 30_000; n++) {
      List<String> stops = new ArrayList<>();
      // Few letters and many repeats, so that a stop string often begins inside another's near
      // miss.
      int letters = random.nextInt(2, 5);
      for (int count = random.nextInt(5); count > 0; count--) {
        stops.add(word(random, letters, 1, 10));
      }
      String text = word(random, letters, 0, 50);
      Outcome expected = define(text, stops);
      String replay = "seed=%d, text \"%s\", stops %s".formatted(seed, text, stops);
      StopMatcher matcher = new StopMatcher(stops);
      StringBuilder shown = new StringBuilder();
      for (int from = 0; from < text.length(); ) {
        int to = Math.min(text.length(), from + random.nextInt(5));
        shown.append(matcher.feed(text.substring(from, to)));
        from = to;
        if (matcher.found().isEmpty()) {
          // Held back is what may still begin a stop string, and nothing more.
          String held = text.substring(shown.length(), to);
          String longest = longestBeginning(text.substring(0, to), stops);
          assertThat(held).as(replay).isEqualTo(longest);
        }
      }
      shown.append(matcher.finish());
      assertThat(shown.toString()).as(replay).isEqualTo(expected.shown);
      assertThat(matcher.found().orElse(null)).as(replay).isEqualTo(expected.stop);
    }
  }

  @Test
  void textAfterAStopStringIsGone() {
    StopMatcher matcher = new StopMatcher(List.of("\n\n", "END"));
    assertThat(matcher.feed("one\n")).isEqualTo("one");
    assertThat(matcher.feed("two EN")).isEqualTo("\ntwo ");
    assertThat(matcher.feed("D three")).isEmpty();
    assertThat(matcher.found()).contains("END");
    assertThat(matcher.feed("four")).isEmpty();
    assertThat(matcher.finish()).isEmpty();
  }

  @Test
  void ofStopStringsCompleteTogetherTheLongestWins() {
    StopMatcher matcher = new StopMatcher(List.of("c", "bc", "abcd"));
    assertThat(matcher.feed("xabcd")).isEqualTo("xa");
    assertThat(matcher.found()).contains("bc");
  }

  @Test
  void refusesEmptyAndBrokenStopStrings() {
    assertThatThrownBy(() -> new StopMatcher(List.of("a", "")))
        .hasMessage("stop: found an empty string, allowed: 1 character or more");
    assertThatThrownBy(() -> new StopMatcher(List.of("\uD83D")))
        .hasMessageContaining("surrogate without its partner");
  }

  @Test
  void aMegabyteOfNearMissesIsLinear() {
    String unit = "a".repeat(999);
    StopMatcher matcher = new StopMatcher(List.of(unit + "b", unit + "c", "a".repeat(500) + "d"));
    long start = System.nanoTime();
    int shown = 0;
    for (int i = 0; i < 1_000_000; i++) {
      shown += matcher.feed("a").length();
    }
    assertThat(shown).isEqualTo(1_000_000 - 999);
    assertThat((System.nanoTime() - start) / 1e6).isLessThan(2_000);
  }

  private record Outcome(String shown, String stop) {}

  private static Outcome define(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String best = null;
      for (String stop : stops) {
        if (text.substring(0, end).endsWith(stop)
            && (best == null || stop.length() > best.length())) {
          best = stop;
        }
      }
      if (best != null) {
        return new Outcome(text.substring(0, end - best.length()), best);
      }
    }
    return new Outcome(text, null);
  }

  private static String longestBeginning(String text, List<String> stops) {
    for (int from = 0; from < text.length(); from++) {
      for (String stop : stops) {
        if (stop.startsWith(text.substring(from))) {
          return text.substring(from);
        }
      }
    }
    return "";
  }

  private static String word(SplittableRandom random, int letters, int least, int most) {
    String[] alphabet = {"a", "b", "c", "\uD83D\uDE42"};
    StringBuilder word = new StringBuilder();
    for (int n = random.nextInt(least, most + 1); n > 0; n--) {
      word.append(alphabet[random.nextInt(3) < 2 ? 0 : random.nextInt(letters)]);
    }
    return word.toString();
  }
}
