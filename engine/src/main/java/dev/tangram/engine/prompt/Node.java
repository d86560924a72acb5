package dev.tangram.engine.prompt;

import java.util.List;
import java.util.Map;

/** The syntax tree of a template. */
sealed interface Node {
  /** Something with a value. */
  sealed interface Expression extends Node {}

  record Literal(Object value) implements Expression {}

  record Name(String name) implements Expression {}

  record ListOf(List<Expression> items) implements Expression {}

  record MapOf(List<Expression> keys, List<Expression> values) implements Expression {}

  /** {@code object.name}: a method or an item. */
  record Attribute(Expression object, String name) implements Expression {}

  /** {@code object[index]}. */
  record Item(Expression object, Expression index) implements Expression {}

  /** {@code object[from:to:step]}; any may be null. */
  record Slice(Expression object, Expression from, Expression to, Expression step) implements Expression {}

  record Call(Expression function, Arguments arguments) implements Expression {}

  record Filter(Expression value, String name, Arguments arguments, int line) implements Expression {}

  record Test(Expression value, String name, Arguments arguments, boolean negated, int line) implements Expression {}

  record Unary(String operator, Expression value) implements Expression {}

  record Binary(String operator, Expression left, Expression right) implements Expression {}

  /** {@code first op second op third ...}: all must hold. */
  record Comparison(Expression first, List<String> operators, List<Expression> rest) implements Expression {}

  /** {@code then if condition else otherwise}; otherwise may be null. */
  record Choice(Expression condition, Expression then, Expression otherwise) implements Expression {}

  record Arguments(List<Expression> positional, Map<String, Expression> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());
  }

  /** Something that writes. */
  sealed interface Statement extends Node {}

  record Data(Text text) implements Statement {}

  record Print(Expression value, int line) implements Statement {}

  record If(List<Expression> conditions, List<List<Statement>> bodies, List<Statement> otherwise, int line)
      implements Statement {}

  record For(
      List<String> targets,
      Expression items,
      Expression condition,
      List<Statement> body,
      List<Statement> otherwise,
      int line)
      implements Statement {}

  /** {@code set a = x}, {@code set a, b = x}, or {@code set namespace.a = x}. */
  record Set(String namespace, List<String> targets, Expression value, int line) implements Statement {}

  /** {@code set a}body{@code endset}, with an optional chain of filters. */
  record SetBlock(String target, List<Statement> body, List<Filter> filters, int line) implements Statement {}

  record MacroDefinition(
      String name, List<String> parameters, Map<String, Expression> defaults, List<Statement> body)
      implements Statement {}

  record FilterBlock(List<Statement> body, List<Filter> filters, int line) implements Statement {}

  record Group(List<Statement> body) implements Statement {}

  record Break() implements Statement {}

  record Continue() implements Statement {}
}
