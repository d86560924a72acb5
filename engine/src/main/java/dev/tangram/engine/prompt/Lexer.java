package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a template into tokens, with {@code trim_blocks} and {@code lstrip_blocks} on, as chat templates expect. */
final class Lexer {
  private static final String[] OPERATORS = {
    "//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "(", ")", "[", "]", "{", "}", "|", ".", ",", ":",
    "=", "<", ">"
  };

  private static final Pattern RAW_BEGIN = Pattern.compile("\\s*raw\\s*(-?)%\\}");
  private static final Pattern RAW_END = Pattern.compile("\\{%(-?)\\s*endraw\\s*(-?)%\\}");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private boolean trimNext;

  Lexer(String source) {
    String unified = source.replace("\r\n", "\n").replace('\r', '\n');
    this.source = unified.endsWith("\n") ? unified.substring(0, unified.length() - 1) : unified;
  }

  List<Token> tokens() {
    while (at < source.length()) {
      int open = nextOpen(at);
      data(open < 0 ? source.length() : open, open);
      if (open < 0) {
        break;
      }
      switch (source.charAt(open + 1)) {
        case '#' -> comment();
        case '%' -> block();
        default -> variable();
      }
    }
    tokens.add(new Token(Token.Kind.END, "", line));
    return tokens;
  }

  private int nextOpen(int from) {
    for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
      char next = source.charAt(i + 1);
      if (next == '{' || next == '%' || next == '#') {
        return i;
      }
    }
    return -1;
  }

  private void data(int end, int open) {
    int from = at;
    String text = source.substring(from, end);
    if (trimNext) {
      text = stripLeft(text);
      trimNext = false;
    }
    if (open >= 0) {
      char modifier = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
      if (modifier == '-') {
        text = stripRight(text);
      } else if (modifier != '+' && source.charAt(open + 1) != '{') {
        text = stripLineStart(text, from);
      }
    }
    if (!text.isEmpty()) {
      tokens.add(new Token(Token.Kind.DATA, text, line));
    }
    count(from, end);
    at = end;
  }

  /** Removes blanks between the start of the line and a block tag. */
  private String stripLineStart(String text, int from) {
    int i = text.length();
    while (i > 0 && (text.charAt(i - 1) == ' ' || text.charAt(i - 1) == '\t')) {
      i--;
    }
    boolean lineStart = i > 0 ? text.charAt(i - 1) == '\n' : from == 0 || source.charAt(from - 1) == '\n';
    return lineStart ? text.substring(0, i) : text;
  }

  private static String stripLeft(String text) {
    int i = 0;
    while (i < text.length() && Text.isSpace(text.charAt(i))) {
      i++;
    }
    return text.substring(i);
  }

  private static String stripRight(String text) {
    int i = text.length();
    while (i > 0 && Text.isSpace(text.charAt(i - 1))) {
      i--;
    }
    return text.substring(0, i);
  }

  private void count(int from, int to) {
    for (int i = from; i < to; i++) {
      if (source.charAt(i) == '\n') {
        line++;
      }
    }
  }

  private void comment() {
    int end = source.indexOf("#}", at + 2);
    if (end < 0) {
      throw error("a comment that never ends");
    }
    count(at, end);
    at = end + 2;
    afterBlock(source.charAt(end - 1));
  }

  private void afterBlock(char modifier) {
    trimNext = modifier == '-';
    if (modifier != '-' && modifier != '+' && at < source.length() && source.charAt(at) == '\n') {
      at++;
      line++;
    }
  }

  private void block() {
    at += 2;
    skipModifier();
    if (raw()) {
      return;
    }
    tokens.add(new Token(Token.Kind.BLOCK_BEGIN, "{%", line));
    char modifier = code("%}");
    tokens.add(new Token(Token.Kind.BLOCK_END, "%}", line));
    afterBlock(modifier);
  }

  private void variable() {
    at += 2;
    skipModifier();
    tokens.add(new Token(Token.Kind.VARIABLE_BEGIN, "{{", line));
    trimNext = code("}}") == '-';
    tokens.add(new Token(Token.Kind.VARIABLE_END, "}}", line));
  }

  private void skipModifier() {
    if (at < source.length() && (source.charAt(at) == '-' || source.charAt(at) == '+')) {
      at++;
    }
  }

  /** {% raw %} ... {% endraw %}: what lies between is data. */
  private boolean raw() {
    Matcher begin = RAW_BEGIN.matcher(source).region(at, source.length());
    if (!begin.lookingAt()) {
      return false;
    }
    Matcher end = RAW_END.matcher(source);
    if (!end.find(begin.end())) {
      throw error("a raw block that never ends");
    }
    String text = source.substring(begin.end(), end.start());
    text = begin.group(1).equals("-") ? stripLeft(text) : text.startsWith("\n") ? text.substring(1) : text;
    text = end.group(1).equals("-") ? stripRight(text) : text;
    tokens.add(new Token(Token.Kind.DATA, text, line));
    count(at, end.end());
    at = end.end();
    afterBlock(end.group(2).isEmpty() ? ' ' : '-');
    return true;
  }

  /** Tokens up to the closing tag; returns the character before it, which may be a modifier. */
  private char code(String close) {
    int braces = 0;
    while (true) {
      while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
        count(at, ++at);
      }
      if (at >= source.length()) {
        throw error("a tag that never ends");
      }
      char c = source.charAt(at);
      if ((c == '-' || c == '+') && source.startsWith(close, at + 1)) {
        at += 1 + close.length();
        return c;
      }
      if (braces == 0 && source.startsWith(close, at)) {
        at += close.length();
        return ' ';
      }
      braces += c == '{' ? 1 : c == '}' ? -1 : 0;
      token(c);
    }
  }

  private void token(char c) {
    if (c == '\'' || c == '"') {
      string(c);
    } else if (Character.isDigit(c)) {
      number();
    } else if (Character.isLetter(c) || c == '_') {
      int from = at;
      while (at < source.length() && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_')) {
        at++;
      }
      tokens.add(new Token(Token.Kind.NAME, source.substring(from, at), line));
    } else {
      for (String operator : OPERATORS) {
        if (source.startsWith(operator, at)) {
          tokens.add(new Token(Token.Kind.OPERATOR, operator, line));
          at += operator.length();
          return;
        }
      }
      throw error("the character '" + c + "'");
    }
  }

  private void number() {
    int from = at;
    while (at < source.length() && (Character.isDigit(source.charAt(at)) || source.charAt(at) == '_')) {
      at++;
    }
    boolean fraction =
        at + 1 < source.length() && source.charAt(at) == '.' && Character.isDigit(source.charAt(at + 1));
    if (fraction) {
      at++;
      while (at < source.length() && Character.isDigit(source.charAt(at))) {
        at++;
      }
    }
    String digits = source.substring(from, at).replace("_", "");
    tokens.add(new Token(fraction ? Token.Kind.FLOAT : Token.Kind.INTEGER, digits, line));
  }

  private void string(char quote) {
    StringBuilder text = new StringBuilder();
    int start = line;
    for (at++; ; at++) {
      if (at >= source.length()) {
        throw error("a string that never ends");
      }
      char c = source.charAt(at);
      if (c == quote) {
        at++;
        break;
      }
      if (c == '\n') {
        line++;
      }
      if (c == '\\' && at + 1 < source.length()) {
        at++;
        escape(text);
      } else {
        text.append(c);
      }
    }
    tokens.add(new Token(Token.Kind.STRING, text.toString(), start));
  }

  private void escape(StringBuilder text) {
    char c = source.charAt(at);
    switch (c) {
      case 'n' -> text.append('\n');
      case 't' -> text.append('\t');
      case 'r' -> text.append('\r');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case '0' -> text.append('\0');
      case '\n' -> line++;
      case '\\', '\'', '"' -> text.append(c);
      case 'x' -> code(text, 2);
      case 'u' -> code(text, 4);
      case 'U' -> code(text, 8);
      default -> text.append('\\').append(c);
    }
  }

  private void code(StringBuilder text, int digits) {
    try {
      text.appendCodePoint(Integer.parseInt(source.substring(at + 1, at + 1 + digits), 16));
      at += digits;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw error("a broken escape in a string");
    }
  }

  private TemplateException error(String found) {
    return new TemplateException("chat template, line %d: found %s".formatted(line, found));
  }
}
