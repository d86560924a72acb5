package dev.tangram.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class WordWrapTest {
  /**
   * What a terminal shows for the printed text: knows line feeds, cursor back and erase to the end.
   */
  private static String screen(String printed) {
    StringBuilder all = new StringBuilder();
    StringBuilder line = new StringBuilder();
    int cursor = 0;
    for (int i = 0; i < printed.length(); i++) {
      char c = printed.charAt(i);
      if (c == '\033' && printed.startsWith("\033[K", i)) {
        line.setLength(cursor);
        i += 2;
      } else if (c == '\033') {
        int end = printed.indexOf('D', i);
        cursor -= Integer.parseInt(printed.substring(i + 2, end));
        i = end;
      } else if (c == '\n') {
        all.append(line).append('\n');
        line.setLength(0);
        cursor = 0;
      } else {
        line.setLength(cursor);
        line.append(c);
        cursor++;
      }
    }
    return all.append(line).toString();
  }

  private static String shown(int columns, String... pieces) {
    WordWrap wrap = new WordWrap(columns);
    StringBuilder printed = new StringBuilder();
    for (String piece : pieces) {
      printed.append(wrap.wrap(piece));
    }
    return screen(printed.toString());
  }

  @Test
  void aWordThatDoesNotFitGoesToTheNextLine() {
    assertThat(shown(11, "one two", " thr", "ee", " four")).isEqualTo("one two \nthree four");
  }

  @Test
  void aWordLongerThanALineIsBroken() {
    assertThat(shown(6, "abcdefgh ij")).isEqualTo("abcde\nfgh \nij");
  }

  @Test
  void codeIsLeftAlone() {
    assertThat(shown(11, "a b\n```java\nint aVeryLongName = 1;\n```\nand then words"))
        .isEqualTo("a b\n```java\nint aVeryLongName = 1;\n```\nand then \nwords");
  }

  @Test
  void wideCharactersCountTwice() {
    assertThat(shown(7, "日本語日本語")).isEqualTo("日本語\n日本語");
  }

  @Test
  void noLineIsTooLongAndNoWordIsLostHoweverTheTextIsCut() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 80; i++) {
        text.append("x".repeat(1 + random.nextInt(12))).append(random.nextInt(9) == 0 ? "\n" : " ");
      }
      int columns = 15 + random.nextInt(20);
      WordWrap wrap = new WordWrap(columns);
      StringBuilder printed = new StringBuilder();
      for (int i = 0; i < text.length(); ) {
        int end = Math.min(text.length(), i + 1 + random.nextInt(6));
        printed.append(wrap.wrap(text.substring(i, end)));
        i = end;
      }
      String screen = screen(printed.toString());
      assertThat(screen.lines().allMatch(line -> line.length() < columns))
          .as("seed=%d", seed)
          .isTrue();
      assertThat(screen.split("\\s+")).as("seed=%d", seed).isEqualTo(text.toString().split("\\s+"));
    }
  }
}
