package dev.tangram.cli.chat;

import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.SyntaxError;

/**
 * Decides when Enter ends the input: not inside a {@code """} block, and not after a backslash at
 * the end of a line.
 */
final class ChatParser implements Parser {
  private static final String QUOTES = "\"\"\"";

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) throws SyntaxError {
    if (context == ParseContext.ACCEPT_LINE && isOpen(line)) {
      throw new EOFError(-1, -1, "unfinished", "...");
    }
    return new Line(line, cursor);
  }

  /** True if more lines belong to this input. */
  static boolean isOpen(String text) {
    String start = text.stripLeading();
    if (start.startsWith(QUOTES)) {
      return start.indexOf(QUOTES, QUOTES.length()) < 0;
    }
    return text.endsWith("\\");
  }

  /**
   * What the user means: without the quotes of a block, and continued lines without their
   * backslash.
   */
  static String message(String text) {
    String start = text.strip();
    if (start.startsWith(QUOTES)) {
      int end = start.indexOf(QUOTES, QUOTES.length());
      String block =
          end < 0 ? start.substring(QUOTES.length()) : start.substring(QUOTES.length(), end);
      String rest = end < 0 ? "" : start.substring(end + QUOTES.length());
      return (block + rest).strip();
    }
    return text.replace("\\\n", "\n").strip();
  }

  /** The whole line as one word. */
  private record Line(String line, int cursor) implements CompletingParsedLine {
    @Override
    public String word() {
      return line;
    }

    @Override
    public int wordCursor() {
      return cursor;
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(line);
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return cursor;
    }

    @Override
    public int rawWordLength() {
      return line.length();
    }
  }
}
