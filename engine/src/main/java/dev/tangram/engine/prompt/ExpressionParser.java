package dev.tangram.engine.prompt;

import dev.tangram.engine.prompt.Node.Arguments;
import dev.tangram.engine.prompt.Node.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Expressions, with Jinja's precedence: choice, or, and, not, comparison, sum, concatenation, product, power, unary. */
final class ExpressionParser {
  /** Nesting of expressions; a Java stack frame or ten each. */
  private static final int DEPTH = 100;

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
  private static final Set<String> AFTER_TEST = Set.of("else", "or", "and", "is", "in", "not", "if");

  private final Tokens tokens;
  private int depth;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
  }

  Expression expression() {
    if (++depth > DEPTH) {
      throw tokens.error("expressions nested more than " + DEPTH + " deep");
    }
    Expression value = choice(true);
    depth--;
    return value;
  }

  /** Without a trailing {@code if}: the items of a for loop, whose condition follows. */
  Expression withoutChoice() {
    return or();
  }

  /** One expression or a tuple without parentheses. */
  Expression tuple() {
    Expression first = expression();
    if (!tokens.peek().is(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (tokens.accept(",")) {
      if (tokens.peek().kind() == Token.Kind.BLOCK_END || tokens.peek().kind() == Token.Kind.VARIABLE_END) {
        break;
      }
      items.add(expression());
    }
    return new Node.ListOf(items);
  }

  private Expression choice(boolean any) {
    Expression value = or();
    while (any && tokens.acceptName("if")) {
      Expression condition = or();
      Expression otherwise = tokens.acceptName("else") ? expression() : null;
      value = new Node.Choice(condition, value, otherwise);
    }
    return value;
  }

  private Expression or() {
    Expression left = and();
    while (tokens.acceptName("or")) {
      left = new Node.Binary("or", left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.acceptName("and")) {
      left = new Node.Binary("and", left, not());
    }
    return left;
  }

  private Expression not() {
    if (!tokens.acceptName("not")) {
      return comparison();
    }
    if (++depth > DEPTH) {
      throw tokens.error("expressions nested more than " + DEPTH + " deep");
    }
    Expression value = new Node.Unary("not", not());
    depth--;
    return value;
  }

  private Expression comparison() {
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> rest = new ArrayList<>();
    while (true) {
      Token token = tokens.peek();
      if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        tokens.next();
        operators.add(token.text());
      } else if (token.isName("in")) {
        tokens.next();
        operators.add("in");
      } else if (token.isName("not") && tokens.peek(1).isName("in")) {
        tokens.next();
        tokens.next();
        operators.add("not in");
      } else {
        return rest.isEmpty() ? first : new Node.Comparison(first, operators, rest);
      }
      rest.add(sum());
    }
  }

  private Expression sum() {
    Expression left = concatenation();
    while (tokens.peek().is("+") || tokens.peek().is("-")) {
      left = new Node.Binary(tokens.next().text(), left, concatenation());
    }
    return left;
  }

  private Expression concatenation() {
    Expression left = product();
    while (tokens.accept("~")) {
      left = new Node.Binary("~", left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = power();
    while (tokens.peek().is("*") || tokens.peek().is("/") || tokens.peek().is("//") || tokens.peek().is("%")) {
      left = new Node.Binary(tokens.next().text(), left, power());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (tokens.accept("**")) {
      left = new Node.Binary("**", left, unary(true));
    }
    return left;
  }

  private Expression unary(boolean filters) {
    if (++depth > DEPTH) {
      throw tokens.error("expressions nested more than " + DEPTH + " deep");
    }
    Expression value =
        tokens.peek().is("-") || tokens.peek().is("+")
            ? new Node.Unary(tokens.next().text(), unary(false))
            : primary();
    value = postfix(value);
    depth--;
    return filters ? filtersAndTests(value) : value;
  }

  private Expression primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME ->
          switch (token.text()) {
            case "true", "True" -> new Node.Literal(true);
            case "false", "False" -> new Node.Literal(false);
            case "none", "None" -> new Node.Literal(null);
            default -> new Node.Name(token.text());
          };
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.peek().kind() == Token.Kind.STRING) {
          text.append(tokens.next().text());
        }
        yield new Node.Literal(Text.trusted(text.toString()));
      }
      case INTEGER -> new Node.Literal(integer(token));
      case FLOAT -> new Node.Literal(Double.parseDouble(token.text()));
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> parenthesised();
            case "[" -> new Node.ListOf(items("]"));
            case "{" -> map();
            default -> throw tokens.error("'" + token.text() + "' where a value is expected");
          };
      default -> throw tokens.error("'" + token.text() + "' where a value is expected");
    };
  }

  private Object integer(Token token) {
    try {
      return Long.parseLong(token.text());
    } catch (NumberFormatException e) {
      throw tokens.error("the integer " + token.text() + ", which is too large");
    }
  }

  private Expression parenthesised() {
    if (tokens.accept(")")) {
      return new Node.ListOf(List.of());
    }
    Expression first = expression();
    if (tokens.accept(")")) {
      return first;
    }
    tokens.expect(",");
    List<Expression> items = new ArrayList<>(List.of(first));
    items.addAll(items(")"));
    return new Node.ListOf(items);
  }

  private List<Expression> items(String close) {
    List<Expression> items = new ArrayList<>();
    while (!tokens.accept(close)) {
      items.add(expression());
      if (!tokens.peek().is(close)) {
        tokens.expect(",");
      }
    }
    return items;
  }

  private Expression map() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.accept("}")) {
      keys.add(expression());
      tokens.expect(":");
      values.add(expression());
      if (!tokens.peek().is("}")) {
        tokens.expect(",");
      }
    }
    return new Node.MapOf(keys, values);
  }

  private Expression postfix(Expression value) {
    while (true) {
      if (tokens.accept(".")) {
        Token name = tokens.next();
        value =
            switch (name.kind()) {
              case NAME -> new Node.Attribute(value, name.text());
              case INTEGER -> new Node.Item(value, new Node.Literal(integer(name)));
              default -> throw tokens.error("'" + name.text() + "' after a dot");
            };
      } else if (tokens.accept("[")) {
        value = subscript(value);
      } else if (tokens.accept("(")) {
        value = new Node.Call(value, arguments());
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression object) {
    Expression from = tokens.peek().is(":") ? null : expression();
    if (tokens.accept("]")) {
      return new Node.Item(object, from);
    }
    tokens.expect(":");
    Expression to = tokens.peek().is(":") || tokens.peek().is("]") ? null : expression();
    Expression step = tokens.accept(":") && !tokens.peek().is("]") ? expression() : null;
    tokens.expect("]");
    return new Node.Slice(object, from, to, step);
  }

  /** After the opening parenthesis. */
  Arguments arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!tokens.accept(")")) {
      if (tokens.peek().is("*") || tokens.peek().is("**")) {
        throw tokens.error("'*' in a call, which chat templates here may not use");
      }
      if (tokens.peek().kind() == Token.Kind.NAME && tokens.peek(1).is("=")) {
        String name = tokens.next().text();
        tokens.next();
        named.put(name, expression());
      } else {
        positional.add(expression());
      }
      if (!tokens.peek().is(")")) {
        tokens.expect(",");
      }
    }
    return new Arguments(positional, named);
  }

  private Expression filtersAndTests(Expression value) {
    while (true) {
      if (tokens.peek().is("|")) {
        value = filter(value);
      } else if (tokens.peek().isName("is")) {
        value = test(value);
      } else if (tokens.accept("(")) {
        value = new Node.Call(value, arguments());
      } else {
        return value;
      }
    }
  }

  Node.Filter filter(Expression value) {
    int line = tokens.next().line();
    String name = tokens.name();
    Arguments arguments = tokens.accept("(") ? arguments() : Arguments.NONE;
    return new Node.Filter(value, Filters.known(name, tokens), arguments, line);
  }

  private Expression test(Expression value) {
    int line = tokens.next().line();
    boolean negated = tokens.acceptName("not");
    String name = tokens.name();
    Arguments arguments = Arguments.NONE;
    Token next = tokens.peek();
    if (tokens.accept("(")) {
      arguments = arguments();
    } else if (startsValue(next)) {
      arguments = new Arguments(List.of(postfix(primary())), Map.of());
    }
    return new Node.Test(value, Tests.known(name, tokens), arguments, negated, line);
  }

  private static boolean startsValue(Token token) {
    return switch (token.kind()) {
      case NAME -> !AFTER_TEST.contains(token.text());
      case STRING, INTEGER, FLOAT -> true;
      default -> token.is("[") || token.is("{");
    };
  }
}
