package dev.tangram.engine.prompt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a template into tokens, with trim_blocks and lstrip_blocks on, as transformers sets them.
 */
final class Lexer {
  private static final List<String> OPERATORS =
      List.of(
          "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{",
          "}", ">", "<", "=", ".", ":", "|", ",", ";");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int lineCountedTo;
  private boolean lineStarting = true;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String source) {
    String normal = source.replace("\r\n", "\n").replace('\r', '\n');
    if (normal.endsWith("\n")) {
      normal = normal.substring(0, normal.length() - 1);
    }
    Lexer lexer = new Lexer(normal);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        data(source.substring(at));
        at = source.length();
        break;
      }
      char kind = source.charAt(tag + 1);
      int rawEnd = kind == '%' ? rawBegin(tag) : -1;
      char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : 0;
      boolean signed = sign == '-' || sign == '+';
      data(before(source.substring(at, tag), signed ? sign : 0, kind));
      at = tag + (signed ? 3 : 2);
      lineStarting = false;
      if (rawEnd >= 0) {
        raw(rawEnd);
      } else if (kind == '#') {
        comment();
      } else {
        add(kind == '%' ? Token.Kind.BLOCK_BEGIN : Token.Kind.VARIABLE_BEGIN, "");
        inside(kind == '%');
      }
    }
    at = source.length();
    add(Token.Kind.END, "");
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at);
        i >= 0 && i + 1 < source.length();
        i = source.indexOf('{', i + 1)) {
      char next = source.charAt(i + 1);
      if (next == '{' || next == '%' || next == '#') {
        return i;
      }
    }
    return -1;
  }

  /** Text in front of a tag, after the tag's whitespace control. */
  private String before(String text, char sign, char kind) {
    if (sign == '-') {
      return Characters.stripRight(text);
    }
    if (sign != '+' && kind != '{') {
      int lineStart = text.lastIndexOf('\n') + 1;
      if ((lineStart > 0 || lineStarting) && Characters.isBlank(text, lineStart)) {
        return text.substring(0, lineStart);
      }
    }
    return text;
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(Token.Kind.DATA, text);
    }
  }

  private void add(Token.Kind kind, String value) {
    for (int limit = Math.min(at, source.length()); lineCountedTo < limit; lineCountedTo++) {
      if (source.charAt(lineCountedTo) == '\n') {
        line++;
      }
    }
    tokens.add(new Token(kind, value, line));
  }

  /** The index after <code>{% raw %}</code> at a tag, or -1 if it is another tag. */
  private int rawBegin(int tag) {
    int i = wordAfter(tag, "raw");
    if (i < 0) {
      return -1;
    }
    if (source.startsWith("-%}", i)) {
      return Characters.skipSpace(source, i + 3);
    }
    return source.startsWith("%}", i) ? i + 2 : -1;
  }

  private int wordAfter(int tag, String word) {
    int i = tag + 2;
    if (i < source.length() && (source.charAt(i) == '-' || source.charAt(i) == '+')) {
      i++;
    }
    i = Characters.skipSpace(source, i);
    return source.startsWith(word, i) ? Characters.skipSpace(source, i + word.length()) : -1;
  }

  private void raw(int from) {
    at = from;
    for (int tag = source.indexOf("{%", from); tag >= 0; tag = source.indexOf("{%", tag + 1)) {
      int i = wordAfter(tag, "endraw");
      int end = i < 0 ? -1 : tagEnd(i, "%}");
      if (end >= 0) {
        char sign = source.charAt(tag + 2);
        lineStarting = source.charAt(from - 1) == '\n';
        data(before(source.substring(from, tag), sign, '%'));
        at = end;
        lineStarting = source.charAt(end - 1) == '\n';
        return;
      }
    }
    throw fault("'{% raw %}' is never closed");
  }

  private void comment() {
    int hash = source.indexOf("#}", at);
    if (hash < 0) {
      throw fault("a comment '{#' is never closed");
    }
    char last = hash > at ? source.charAt(hash - 1) : 0;
    at = tagEnd(last == '-' || last == '+' ? hash - 1 : hash, "#}");
    lineStarting = source.charAt(at - 1) == '\n';
  }

  /**
   * The index after a closing mark at {@code i} and the whitespace it eats, or -1 if there is none.
   */
  private int tagEnd(int i, String mark) {
    if (source.startsWith("-" + mark, i)) {
      return Characters.skipSpace(source, i + 3);
    }
    if (source.startsWith("+" + mark, i)) {
      return i + 3;
    }
    if (!source.startsWith(mark, i)) {
      return -1;
    }
    return i + 2 < source.length() && source.charAt(i + 2) == '\n' ? i + 3 : i + 2;
  }

  private void inside(boolean block) {
    ArrayDeque<Character> open = new ArrayDeque<>();
    while (true) {
      at = Characters.skipSpace(source, at);
      if (at >= source.length()) {
        throw fault("'" + (block ? "{%" : "{{") + "' is never closed");
      }
      if (open.isEmpty()) {
        int end = block ? tagEnd(at, "%}") : variableEnd();
        if (end >= 0) {
          add(block ? Token.Kind.BLOCK_END : Token.Kind.VARIABLE_END, "");
          at = end;
          lineStarting = source.charAt(end - 1) == '\n';
          return;
        }
      }
      char c = source.charAt(at);
      if (c == '"' || c == '\'') {
        string(c);
      } else if (c >= '0' && c <= '9') {
        number();
      } else if (Characters.isNamePart(source.codePointAt(at))) {
        name();
      } else {
        operator(open);
      }
    }
  }

  private int variableEnd() {
    if (source.startsWith("-}}", at)) {
      return Characters.skipSpace(source, at + 3);
    }
    return source.startsWith("}}", at) ? at + 2 : -1;
  }

  private void operator(ArrayDeque<Character> open) {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        char c = operator.charAt(0);
        if (c == '(' || c == '[' || c == '{') {
          open.push(c == '(' ? ')' : c == '[' ? ']' : '}');
        } else if ((c == ')' || c == ']' || c == '}') && (open.isEmpty() || open.pop() != c)) {
          throw fault("unexpected '" + c + "'");
        }
        add(Token.Kind.OPERATOR, operator);
        at += operator.length();
        return;
      }
    }
    throw fault("unexpected character '" + Character.toString(source.codePointAt(at)) + "'");
  }

  private void name() {
    int start = at;
    while (at < source.length() && Characters.isNamePart(source.codePointAt(at))) {
      at += Character.charCount(source.codePointAt(at));
    }
    add(Token.Kind.NAME, source.substring(start, at));
  }

  private void string(char quote) {
    int start = at + 1;
    int i = start;
    while (i < source.length() && source.charAt(i) != quote) {
      i += source.charAt(i) == '\\' ? 2 : 1;
    }
    if (i >= source.length()) {
      throw fault("a string is never closed");
    }
    try {
      add(Token.Kind.STRING, Characters.unescape(source.substring(start, i)));
    } catch (Fault e) {
      throw fault(e.getMessage());
    }
    at = i + 1;
  }

  private void number() {
    int start = at;
    char second = at + 1 < source.length() ? Character.toLowerCase(source.charAt(at + 1)) : 0;
    if (source.charAt(at) == '0' && (second == 'x' || second == 'o' || second == 'b')) {
      at += 2;
      while (at < source.length()
          && (Character.digit(source.charAt(at), 16) >= 0 || source.charAt(at) == '_')) {
        at++;
      }
      int radix = second == 'x' ? 16 : second == 'o' ? 8 : 2;
      add(Token.Kind.INTEGER, integer(source.substring(start + 2, at).replace("_", ""), radix));
      return;
    }
    digits();
    boolean isFloat = false;
    if (at + 1 < source.length() && source.charAt(at) == '.' && isDigit(at + 1)) {
      isFloat = true;
      at++;
      digits();
    }
    if (at < source.length() && (source.charAt(at) | 32) == 'e') {
      int exponent = at + 1;
      if (exponent < source.length()
          && (source.charAt(exponent) == '+' || source.charAt(exponent) == '-')) {
        exponent++;
      }
      if (isDigit(exponent)) {
        isFloat = true;
        at = exponent;
        digits();
      }
    }
    String value = source.substring(start, at).replace("_", "");
    add(isFloat ? Token.Kind.FLOAT : Token.Kind.INTEGER, isFloat ? value : integer(value, 10));
  }

  private String integer(String digits, int radix) {
    try {
      return Long.toString(Long.parseLong(digits, radix));
    } catch (NumberFormatException e) {
      throw fault(
          "the number '"
              + (digits.length() > 40 ? digits.substring(0, 40) : digits)
              + "' is not a 64-bit integer");
    }
  }

  private void digits() {
    while (isDigit(at) || (at < source.length() && source.charAt(at) == '_' && isDigit(at + 1))) {
      at++;
    }
  }

  private boolean isDigit(int i) {
    return i < source.length() && source.charAt(i) >= '0' && source.charAt(i) <= '9';
  }

  private TemplateException fault(String message) {
    add(Token.Kind.END, "");
    return new TemplateException("chat template line " + line + ": " + message);
  }
}
