package dev.tangram.engine.file.json;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.Show;
import dev.tangram.engine.file.gguf.Utf8;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON (RFC 8259) from memory one value at a time, in one pass and without recursion. Strict:
 * UTF-8 only, no comments, no NaN, no half surrogate pairs, nothing after the value. Used by one
 * thread. Every error is a {@link ModelFormatException} with file and byte.
 *
 * <pre>{@code
 * in.beginObject();
 * for (String name = in.nextName(); name != null; name = in.nextName()) {
 *   in.skip();
 * }
 * in.end();
 * }</pre>
 */
public final class JsonReader {
  /** What a value is. */
  public enum Kind {
    OBJECT,
    ARRAY,
    STRING,
    NUMBER,
    BOOLEAN,
    NULL
  }

  /** Deeper values are refused. */
  public static final int DEPTH_MAX = 64;

  private static final int NUMBER_LENGTH_MAX = 400;

  private final byte[] bytes;
  private final String file;
  private final long base;
  private int at;
  private int depth;
  private final boolean[] inObject = new boolean[DEPTH_MAX];
  private final boolean[] begun = new boolean[DEPTH_MAX];

  /**
   * @param base where in the file the bytes begin, for messages
   * @throws ModelFormatException if the bytes are not UTF-8
   */
  public JsonReader(byte[] bytes, String file, long base) {
    this.bytes = bytes;
    this.file = file;
    this.base = base;
    int invalid = Utf8.firstInvalid(bytes, 0, bytes.length);
    if (invalid >= 0) {
      at = invalid;
      throw bad("a byte sequence that is not UTF-8", "UTF-8");
    }
  }

  /** The file that errors name. */
  public String file() {
    return file;
  }

  /** The kind of the value that comes next. */
  public Kind peek() {
    space();
    return switch (current()) {
      case '{' -> Kind.OBJECT;
      case '[' -> Kind.ARRAY;
      case '"' -> Kind.STRING;
      case 't', 'f' -> Kind.BOOLEAN;
      case 'n' -> Kind.NULL;
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> Kind.NUMBER;
      default -> throw bad(shown(), "a JSON value");
    };
  }

  public void beginObject() {
    enter('{', true, "an object");
  }

  /** The next member's name; null after the last, and then the object is left. */
  public String nextName() {
    if (depth == 0 || !inObject[depth - 1]) {
      throw new IllegalStateException("not in an object");
    }
    space();
    if (leave('}')) {
      return null;
    }
    separator();
    space();
    if (current() != '"') {
      throw bad(shown(), "a member's name in quotes");
    }
    String name = string();
    space();
    expect(':');
    return name;
  }

  public void beginArray() {
    enter('[', false, "an array");
  }

  /** Whether another element comes; if not, the array is left. */
  public boolean hasNext() {
    if (depth == 0 || inObject[depth - 1]) {
      throw new IllegalStateException("not in an array");
    }
    space();
    if (leave(']')) {
      return false;
    }
    separator();
    return true;
  }

  public String string() {
    space();
    if (current() != '"') {
      throw bad(shown(), "a string");
    }
    int from = ++at;
    while (at < bytes.length && bytes[at] != '"' && bytes[at] != '\\') {
      plain();
    }
    String text = new String(bytes, from, at - from, StandardCharsets.UTF_8);
    if (current() == '"') {
      at++;
      return text;
    }
    return escaped(new StringBuilder(text));
  }

  private String escaped(StringBuilder text) {
    while (true) {
      int from = at;
      while (at < bytes.length && bytes[at] != '"' && bytes[at] != '\\') {
        plain();
      }
      text.append(new String(bytes, from, at - from, StandardCharsets.UTF_8));
      if (current() == '"') {
        at++;
        return text.toString();
      }
      at++;
      escape(text);
    }
  }

  private void plain() {
    if (bytes[at] >= 0 && bytes[at] < 0x20) {
      throw bad("control character " + bytes[at], "its escape");
    }
    at++;
  }

  private void escape(StringBuilder text) {
    char c = (char) current();
    switch (c) {
      case '"', '\\', '/' -> text.append(c);
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'u' -> {
        char first = hex();
        text.append(first);
        if (Character.isLowSurrogate(first)) {
          throw bad("half a surrogate pair", "pairs");
        }
        if (Character.isHighSurrogate(first)) {
          if (at + 2 >= bytes.length || bytes[at + 1] != '\\' || bytes[at + 2] != 'u') {
            throw bad("half a surrogate pair", "pairs");
          }
          at += 2;
          char second = hex();
          if (!Character.isLowSurrogate(second)) {
            throw bad("half a surrogate pair", "pairs");
          }
          text.append(second);
        }
      }
      default -> throw bad(shown(), "an escape of JSON");
    }
    at++;
  }

  /** The four digits after the u at {@code at}, which ends on the last. */
  private char hex() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      at++;
      int digit = Character.digit((char) current(), 16);
      if (digit < 0) {
        throw bad(shown(), "a hexadecimal digit");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  /** A Long if it is written without fraction and exponent and fits, else a Double. */
  public Object number() {
    space();
    int from = at;
    if (current() == '-') {
      at++;
    }
    if (current() == '0') {
      at++;
    } else {
      digits();
    }
    boolean whole = true;
    if (at < bytes.length && bytes[at] == '.') {
      at++;
      digits();
      whole = false;
    }
    if (at < bytes.length && (bytes[at] == 'e' || bytes[at] == 'E')) {
      at++;
      if (current() == '+' || current() == '-') {
        at++;
      }
      digits();
      whole = false;
    }
    if (at - from > NUMBER_LENGTH_MAX) {
      throw bad("a number of " + (at - from) + " characters", "at most " + NUMBER_LENGTH_MAX);
    }
    String text = new String(bytes, from, at - from, StandardCharsets.ISO_8859_1);
    if (whole && text.length() <= 20) {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException e) {
        return Double.valueOf(text);
      }
    }
    return Double.valueOf(text);
  }

  /**
   * A whole number.
   *
   * @param field what it is, for the message
   */
  public long integer(String field) {
    space();
    int from = at;
    if (peek() == Kind.NUMBER && number() instanceof Long number) {
      return number;
    }
    at = from;
    throw new ModelFormatException(file, base + at, field, shown(), "a whole number");
  }

  private void digits() {
    int from = at;
    while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    if (at == from) {
      throw bad(shown(), "a digit");
    }
  }

  public boolean flag() {
    space();
    boolean value = current() == 't';
    word(value ? "true" : "false");
    return value;
  }

  public void nothing() {
    space();
    word("null");
  }

  private void word(String word) {
    for (int i = 0; i < word.length(); i++) {
      expect(word.charAt(i));
    }
  }

  /** Passes over a value of any kind, which must be well-formed. */
  public void skip() {
    int outside = depth;
    do {
      if (depth > outside) {
        if (inObject[depth - 1] ? nextName() == null : !hasNext()) {
          continue;
        }
      }
      switch (peek()) {
        case OBJECT -> beginObject();
        case ARRAY -> beginArray();
        case STRING -> string();
        case NUMBER -> number();
        case BOOLEAN -> flag();
        case NULL -> nothing();
      }
    } while (depth > outside);
  }

  /** Checks that nothing but white space follows. */
  public void end() {
    space();
    if (at < bytes.length) {
      throw bad(shown(), "nothing after the value");
    }
  }

  private void enter(char bracket, boolean object, String what) {
    space();
    if (current() != bracket) {
      throw bad(shown(), what);
    }
    if (depth == DEPTH_MAX) {
      throw bad("values nested deeper", "a depth of at most " + DEPTH_MAX);
    }
    at++;
    inObject[depth] = object;
    begun[depth] = false;
    depth++;
  }

  private boolean leave(char bracket) {
    if (current() != bracket) {
      return false;
    }
    at++;
    depth--;
    return true;
  }

  private void separator() {
    if (begun[depth - 1]) {
      expect(',');
    }
    begun[depth - 1] = true;
  }

  private void expect(char c) {
    if (current() != c) {
      throw bad(shown(), "'" + c + "'");
    }
    at++;
  }

  private void space() {
    while (at < bytes.length
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
  }

  private int current() {
    if (at >= bytes.length) {
      at = bytes.length;
      throw bad("the end", "more JSON");
    }
    return bytes[at];
  }

  private String shown() {
    int to = Math.min(bytes.length, at + 12);
    return Show.quoted(new String(bytes, at, to - at, StandardCharsets.ISO_8859_1));
  }

  private ModelFormatException bad(String found, String allowed) {
    return new ModelFormatException(file, base + at, "JSON", found, allowed);
  }
}
