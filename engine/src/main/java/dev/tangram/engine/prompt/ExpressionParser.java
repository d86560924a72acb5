package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Expressions, with Jinja's own precedence: unary minus binds tighter than a power, a filter
 * tighter than both.
 */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final TokenStream tokens;

  /** Names read since the parser last emptied this: what a macro's body uses. */
  Set<String> names = new HashSet<>();

  /** How many branches of if-statements are around. */
  int branches;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  Expr expression() {
    tokens.enter();
    Expr expression = conditional();
    tokens.leave();
    return expression;
  }

  /** One expression, or several with commas between them as a tuple. */
  Expr tuple(boolean conditional, boolean emptyAllowed) {
    List<Expr> elements = new ArrayList<>();
    boolean comma = false;
    while (!atTupleEnd()) {
      elements.add(conditional ? expression() : withoutConditional());
      if (!tokens.skipOperator(",")) {
        break;
      }
      comma = true;
    }
    if (!comma && elements.size() == 1) {
      return elements.get(0);
    }
    if (elements.isEmpty() && !emptyAllowed) {
      throw tokens.fault("expected an expression, found " + tokens.current().described());
    }
    return new Expr.Elements(elements, Seq.Kind.TUPLE);
  }

  Expr withoutConditional() {
    tokens.enter();
    Expr expression = or();
    tokens.leave();
    return expression;
  }

  private boolean atTupleEnd() {
    return tokens.is(Token.Kind.VARIABLE_END)
        || tokens.is(Token.Kind.BLOCK_END)
        || tokens.isOperator(")")
        || tokens.isName("recursive");
  }

  private Expr conditional() {
    Expr then = or();
    while (tokens.skipName("if")) {
      Expr condition = or();
      Expr otherwise = tokens.skipName("else") ? expression() : null;
      then = new Expr.Conditional(condition, then, otherwise);
    }
    return then;
  }

  private Expr or() {
    Expr left = and();
    while (tokens.skipName("or")) {
      left = new Expr.Logic(false, left, and());
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (tokens.skipName("and")) {
      left = new Expr.Logic(true, left, not());
    }
    return left;
  }

  private Expr not() {
    if (tokens.skipName("not")) {
      tokens.enter();
      Expr operand = not();
      tokens.leave();
      return new Expr.Not(operand);
    }
    return comparison();
  }

  private Expr comparison() {
    Expr first = sum();
    List<String> operators = new ArrayList<>();
    List<Expr> others = new ArrayList<>();
    while (true) {
      Token token = tokens.current();
      if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.value())) {
        operators.add(tokens.next().value());
      } else if (tokens.skipName("in")) {
        operators.add("in");
      } else if (token.isName("not") && tokens.ahead().isName("in")) {
        tokens.next();
        tokens.next();
        operators.add("not in");
      } else {
        return others.isEmpty() ? first : new Expr.Comparison(first, operators, others);
      }
      others.add(sum());
    }
  }

  private Expr sum() {
    Expr left = concat();
    while (tokens.isOperator("+") || tokens.isOperator("-")) {
      String operator = tokens.next().value();
      left = new Expr.Binary(operator, left, concat());
    }
    return left;
  }

  private Expr concat() {
    Expr first = product();
    if (!tokens.isOperator("~")) {
      return first;
    }
    List<Expr> parts = new ArrayList<>(List.of(first));
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return new Expr.Concat(parts);
  }

  private Expr product() {
    Expr left = power();
    while (tokens.isOperator("*")
        || tokens.isOperator("/")
        || tokens.isOperator("//")
        || tokens.isOperator("%")) {
      String operator = tokens.next().value();
      left = new Expr.Binary(operator, left, power());
    }
    return left;
  }

  private Expr power() {
    Expr left = unary(true);
    while (tokens.skipOperator("**")) {
      left = new Expr.Binary("**", left, unary(true));
    }
    return left;
  }

  private Expr unary(boolean withFilters) {
    Expr expression;
    if (tokens.isOperator("-") || tokens.isOperator("+")) {
      boolean negative = tokens.next().value().equals("-");
      tokens.enter();
      expression = new Expr.Sign(negative, unary(false));
      tokens.leave();
    } else {
      expression = primary();
    }
    expression = postfix(expression);
    return withFilters ? filters(expression) : expression;
  }

  private Expr primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME -> name(token.value());
      case STRING -> {
        StringBuilder joined = new StringBuilder(token.value());
        while (tokens.is(Token.Kind.STRING)) {
          joined.append(tokens.next().value());
        }
        yield new Expr.Constant(Text.trusted(joined.toString()));
      }
      case INTEGER -> new Expr.Constant(Long.valueOf(token.value()));
      case FLOAT -> new Expr.Constant(Double.valueOf(token.value()));
      case OPERATOR -> bracket(token);
      case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END ->
          throw unexpected(token);
    };
  }

  private Expr bracket(Token token) {
    switch (token.value()) {
      case "(" -> {
        tokens.enter();
        Expr inner = tuple(true, true);
        tokens.leave();
        tokens.expectOperator(")");
        return inner;
      }
      case "[" -> {
        List<Expr> elements = new ArrayList<>();
        while (!tokens.isOperator("]")) {
          elements.add(expression());
          if (!tokens.skipOperator(",")) {
            break;
          }
        }
        tokens.expectOperator("]");
        return new Expr.Elements(elements, Seq.Kind.LIST);
      }
      case "{" -> {
        return dict();
      }
      default -> throw unexpected(token);
    }
  }

  private Expr dict() {
    List<Expr> keys = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    while (!tokens.isOperator("}")) {
      keys.add(expression());
      tokens.expectOperator(":");
      values.add(expression());
      if (!tokens.skipOperator(",")) {
        break;
      }
    }
    tokens.expectOperator("}");
    return new Expr.DictLiteral(keys, values);
  }

  private Expr name(String name) {
    switch (name) {
      case "true", "True" -> {
        return new Expr.Constant(true);
      }
      case "false", "False" -> {
        return new Expr.Constant(false);
      }
      case "none", "None" -> {
        return new Expr.Constant(null);
      }
      default -> {
        names.add(name);
        return new Expr.Name(name);
      }
    }
  }

  private Expr postfix(Expr start) {
    Expr expression = start;
    while (true) {
      if (tokens.skipOperator(".")) {
        Token token = tokens.next();
        expression =
            switch (token.kind()) {
              case NAME -> new Expr.Attribute(expression, token.value());
              case INTEGER ->
                  new Expr.Item(expression, new Expr.Constant(Long.valueOf(token.value())));
              default -> throw unexpected(token);
            };
      } else if (tokens.skipOperator("[")) {
        expression = subscript(expression);
        tokens.expectOperator("]");
      } else if (tokens.isOperator("(")) {
        expression = new Expr.Call(expression, arguments());
      } else {
        return expression;
      }
    }
  }

  private Expr subscript(Expr object) {
    Expr[] parts = new Expr[3];
    int part = 0;
    boolean colon = false;
    while (!tokens.isOperator("]") && part < 3) {
      if (tokens.skipOperator(":")) {
        colon = true;
        part++;
      } else if (parts[part] == null) {
        parts[part] = expression();
      } else {
        break;
      }
    }
    if (colon) {
      return new Expr.Slice(object, parts);
    }
    Expr empty = new Expr.Elements(List.of(), Seq.Kind.TUPLE);
    return new Expr.Item(object, parts[0] == null ? empty : parts[0]);
  }

  private Expr filters(Expr start) {
    Expr expression = start;
    while (true) {
      if (tokens.isOperator("|")) {
        expression = filter(expression);
      } else if (tokens.skipName("is")) {
        expression = test(expression);
      } else if (tokens.isOperator("(")) {
        expression = new Expr.Call(expression, arguments());
      } else {
        return expression;
      }
    }
  }

  private Expr filter(Expr operand) {
    tokens.next();
    return namedFilter(operand);
  }

  /** A filter whose bar has been read, or that stands without one in a filter block. */
  Expr namedFilter(Expr operand) {
    String name = tokens.expect(Token.Kind.NAME, "the name of a filter").value();
    Callable function = Filters.find(name);
    if (function == null) {
      function = unknown("there is no filter named '" + name + "'");
    }
    return new Expr.Apply(
        function, operand, tokens.isOperator("(") ? arguments() : Expr.CallArguments.NONE);
  }

  /** As in Jinja, a branch may name a filter that does not exist as long as it is not taken. */
  private Callable unknown(String message) {
    if (branches == 0) {
      throw tokens.fault(message);
    }
    return (r, arguments) -> {
      throw new Fault(message);
    };
  }

  private Expr test(Expr operand) {
    boolean negated = tokens.skipName("not");
    String name = tokens.expect(Token.Kind.NAME, "the name of a test").value();
    Callable function = Tests.find(name);
    if (function == null) {
      function = unknown("there is no test named '" + name + "'");
    }
    Expr.CallArguments arguments = Expr.CallArguments.NONE;
    if (tokens.isOperator("(")) {
      arguments = arguments();
    } else if (startsArgument()) {
      arguments = new Expr.CallArguments(List.of(postfix(primary())), Map.of(), null, null);
    }
    Expr test = new Expr.Apply(function, operand, arguments);
    return negated ? new Expr.Not(test) : test;
  }

  private boolean startsArgument() {
    Token token = tokens.current();
    return switch (token.kind()) {
      case STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> token.value().equals("[") || token.value().equals("{");
      case NAME -> {
        if (token.value().equals("is")) {
          throw tokens.fault("tests cannot be chained with 'is'");
        }
        yield !Set.of("else", "or", "and").contains(token.value());
      }
      case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END -> false;
    };
  }

  Expr.CallArguments arguments() {
    tokens.expectOperator("(");
    List<Expr> positional = new ArrayList<>();
    Map<String, Expr> named = new LinkedHashMap<>();
    Expr star = null;
    Expr doubleStar = null;
    while (!tokens.isOperator(")")) {
      if (tokens.isOperator("*") && star == null && doubleStar == null) {
        tokens.next();
        star = expression();
      } else if (tokens.isOperator("**") && doubleStar == null) {
        tokens.next();
        doubleStar = expression();
      } else if (tokens.is(Token.Kind.NAME)
          && tokens.ahead().isOperator("=")
          && doubleStar == null) {
        String name = tokens.next().value();
        tokens.next();
        if (named.put(name, expression()) != null) {
          throw tokens.fault("the argument '" + name + "' is given twice");
        }
      } else if (star == null && doubleStar == null && named.isEmpty()) {
        positional.add(expression());
      } else {
        throw tokens.fault("a positional argument stands behind a named one");
      }
      if (!tokens.skipOperator(",")) {
        break;
      }
    }
    tokens.expectOperator(")");
    return new Expr.CallArguments(positional, named, star, doubleStar);
  }

  private TemplateException unexpected(Token token) {
    return new TemplateException(
        "chat template line " + token.line() + ": unexpected " + token.described());
  }
}
