package dev.tangram.cli.chat;

import org.jline.utils.WCWidth;

/**
 * Breaks lines between words while text streams. A word is shown as it comes; if it turns out not
 * to fit, it is taken back and set on the next line. Lines of code (between {@code ```}) are left
 * to the terminal, so that they can be copied.
 *
 * <p>Threads: one.
 */
final class WordWrap {
  private static final String FENCE = "```";

  // One column less than there is: a cursor behind the last column moves differently from terminal
  // to terminal.
  private final int limit;
  private final StringBuilder word = new StringBuilder();
  private final StringBuilder line = new StringBuilder();
  private int column;
  private int wordWidth;
  private boolean code;

  WordWrap(int columns) {
    limit = columns - 1;
  }

  /** What to print for the next piece. */
  String wrap(String piece) {
    StringBuilder out = new StringBuilder(piece.length() + 8);
    piece.codePoints().forEach(c -> wrap(c, out));
    return out.toString();
  }

  private void wrap(int c, StringBuilder out) {
    if (c == '\n') {
      code ^= line.toString().strip().startsWith(FENCE);
      line.setLength(0);
      column = 0;
      endWord();
      out.append('\n');
      return;
    }
    if (line.length() <= limit) {
      line.appendCodePoint(c);
    }
    if (code || line.toString().startsWith(FENCE)) {
      out.appendCodePoint(c);
    } else if (Character.isWhitespace(c)) {
      space(c, out);
    } else {
      letter(c, out);
    }
  }

  private void space(int c, StringBuilder out) {
    endWord();
    if (column >= limit) {
      out.append('\n');
      column = 0;
    } else {
      out.appendCodePoint(c);
      column++;
    }
  }

  private void letter(int c, StringBuilder out) {
    int width = Math.max(0, WCWidth.wcwidth(c));
    if (column + width > limit) {
      if (wordWidth > 0 && wordWidth < column) {
        out.append("\033[").append(wordWidth).append("D\033[K\n").append(word);
        column = wordWidth;
      } else {
        out.append('\n');
        column = 0;
        endWord();
      }
    }
    out.appendCodePoint(c);
    word.appendCodePoint(c);
    wordWidth += width;
    column += width;
  }

  private void endWord() {
    word.setLength(0);
    wordWidth = 0;
  }
}
