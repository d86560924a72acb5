package dev.tangram.engine.prompt;

import java.util.List;

/** A reader of tokens with unlimited look-ahead. */
final class Tokens {
  private final List<Token> tokens;
  private int at;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(at);
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }

  boolean accept(String operator) {
    if (peek().is(operator)) {
      at++;
      return true;
    }
    return false;
  }

  boolean acceptName(String name) {
    if (peek().isName(name)) {
      at++;
      return true;
    }
    return false;
  }

  void expect(String operator) {
    if (!accept(operator)) {
      throw error("'%s' where '%s' is expected".formatted(peek().text(), operator));
    }
  }

  void expect(Token.Kind kind, String what) {
    if (peek().kind() != kind) {
      throw error("'%s' where %s is expected".formatted(peek().text(), what));
    }
    at++;
  }

  String name() {
    if (peek().kind() != Token.Kind.NAME) {
      throw error("'%s' where a name is expected".formatted(peek().text()));
    }
    return next().text();
  }

  TemplateException error(String found) {
    return new TemplateException("chat template, line %d: found %s".formatted(peek().line(), found));
  }
}
