package dev.tangram.engine.prompt;

import java.util.List;

/** The parser's place in the tokens, and how deep it has gone. */
final class TokenStream {
  /** Nested brackets, operators and blocks: about 100 KiB of stack. */
  static final int DEPTH_MAX = 100;

  private final List<Token> tokens;
  private int at;
  private int depth;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  Token ahead() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(at);
    if (at < tokens.size() - 1) {
      at++;
    }
    return token;
  }

  boolean is(Token.Kind kind) {
    return current().kind() == kind;
  }

  boolean isName(String name) {
    return current().isName(name);
  }

  boolean isOperator(String operator) {
    return current().isOperator(operator);
  }

  boolean skipName(String name) {
    if (isName(name)) {
      next();
      return true;
    }
    return false;
  }

  boolean skipOperator(String operator) {
    if (isOperator(operator)) {
      next();
      return true;
    }
    return false;
  }

  Token expect(Token.Kind kind, String what) {
    if (!is(kind)) {
      throw fault("expected " + what + ", found " + current().described());
    }
    return next();
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw fault("expected '" + name + "', found " + current().described());
    }
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw fault("expected '" + operator + "', found " + current().described());
    }
  }

  void enter() {
    if (++depth > DEPTH_MAX) {
      throw fault("nested deeper than the limit of " + DEPTH_MAX + " levels");
    }
  }

  void leave() {
    depth--;
  }

  TemplateException fault(String message) {
    return new TemplateException("chat template line " + current().line() + ": " + message);
  }
}
