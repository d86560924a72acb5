package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Statements. */
final class Parser {
  private static final Set<String> RESERVED =
      Set.of(
          "true", "false", "none", "True", "False", "None", "and", "or", "not", "if", "else", "in",
          "is");

  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private int loops;

  private Parser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  static List<Stmt> parse(String source) {
    Parser parser = new Parser(new TokenStream(Lexer.tokens(source)));
    return parser.body(Set.of());
  }

  /**
   * Statements up to a tag that starts with one of {@code ends}, of which only the begin mark is
   * read.
   */
  private List<Stmt> body(Set<String> ends) {
    tokens.enter();
    List<Stmt> body = new ArrayList<>();
    while (true) {
      Token token = tokens.next();
      switch (token.kind()) {
        case DATA -> body.add(new Stmt.Data(token.value(), token.line()));
        case VARIABLE_BEGIN -> {
          body.add(new Stmt.Print(expressions.tuple(true, false), token.line()));
          tokens.expect(Token.Kind.VARIABLE_END, "'}}'");
        }
        case BLOCK_BEGIN -> {
          if (tokens.is(Token.Kind.NAME) && ends.contains(tokens.current().value())) {
            tokens.leave();
            return body;
          }
          body.add(statement());
          tokens.expect(Token.Kind.BLOCK_END, "'%}'");
        }
        case END -> {
          if (!ends.isEmpty()) {
            throw tokens.fault(
                "the template ends where "
                    + String.join(" or ", ends.stream().sorted().toList())
                    + " is needed");
          }
          tokens.leave();
          return body;
        }
        default -> throw tokens.fault("unexpected " + token.described());
      }
    }
  }

  /** The rest of a tag, its body, and the name of the closing tag. */
  private List<Stmt> block(String end) {
    tokens.expect(Token.Kind.BLOCK_END, "'%}'");
    List<Stmt> body = body(Set.of(end));
    tokens.next();
    return body;
  }

  private Stmt statement() {
    Token token = tokens.expect(Token.Kind.NAME, "the name of a tag");
    int line = token.line();
    return switch (token.value()) {
      case "if" -> conditional(line);
      case "for" -> loop(line);
      case "set" -> assignment(line);
      case "macro" ->
          new Stmt.MacroDefinition(
              macro(tokens.expect(Token.Kind.NAME, "a name").value(), "endmacro"), line);
      case "call" -> call(line);
      case "filter" -> filter(line);
      case "with" -> with(line);
      case "generation" -> new Stmt.Block(List.of(), List.of(), block("endgeneration"), line);
      case "break" -> jump(Stmt.Flow.BREAK, line);
      case "continue" -> jump(Stmt.Flow.CONTINUE, line);
      default -> throw tokens.fault("unknown tag '" + token.value() + "'");
    };
  }

  private Stmt jump(Stmt.Flow flow, int line) {
    if (loops == 0) {
      throw tokens.fault("break and continue belong in a loop");
    }
    return new Stmt.Jump(flow, line);
  }

  private Stmt conditional(int line) {
    List<Expr> conditions = new ArrayList<>();
    List<List<Stmt>> bodies = new ArrayList<>();
    List<Stmt> otherwise = List.of();
    while (true) {
      conditions.add(expressions.tuple(false, false));
      tokens.expect(Token.Kind.BLOCK_END, "'%}'");
      expressions.branches++;
      bodies.add(body(Set.of("elif", "else", "endif")));
      expressions.branches--;
      String end = tokens.next().value();
      if (end.equals("elif")) {
        continue;
      }
      if (end.equals("else")) {
        expressions.branches++;
        otherwise = block("endif");
        expressions.branches--;
      }
      return new Stmt.If(conditions, bodies, otherwise, line);
    }
  }

  private Stmt loop(int line) {
    Target target = target(false);
    tokens.expectName("in");
    Expr iterable = expressions.tuple(false, false);
    Expr condition = tokens.skipName("if") ? expressions.expression() : null;
    boolean recursive = tokens.skipName("recursive");
    tokens.expect(Token.Kind.BLOCK_END, "'%}'");
    loops++;
    List<Stmt> body = body(Set.of("else", "endfor"));
    loops--;
    List<Stmt> otherwise = tokens.next().value().equals("else") ? block("endfor") : List.of();
    return new Stmt.For(target, iterable, condition, body, otherwise, recursive, line);
  }

  private Stmt assignment(int line) {
    Target target = target(true);
    if (tokens.skipOperator("=")) {
      return new Stmt.Set(target, expressions.tuple(true, false), line);
    }
    Stmt.Filtered filtered = null;
    if (tokens.isOperator("|")) {
      tokens.next();
      filtered = filtered();
    }
    return new Stmt.SetBlock(target, filtered, closed("endset"), line);
  }

  private Stmt filter(int line) {
    Stmt.Filtered filtered = filtered();
    return new Stmt.SetBlock(null, filtered, closed("endfilter"), line);
  }

  private Stmt.Filtered filtered() {
    Expr chain = expressions.namedFilter(new Expr.Name(Stmt.Filtered.BODY));
    while (tokens.skipOperator("|")) {
      chain = expressions.namedFilter(chain);
    }
    return new Stmt.Filtered(chain);
  }

  private Stmt with(int line) {
    List<Target> targets = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    while (!tokens.is(Token.Kind.BLOCK_END)) {
      targets.add(target(false));
      tokens.expectOperator("=");
      values.add(expressions.expression());
      if (!tokens.skipOperator(",")) {
        break;
      }
    }
    return new Stmt.Block(targets, values, block("endwith"), line);
  }

  private Stmt call(int line) {
    List<String> parameters = new ArrayList<>();
    List<Expr> defaults = new ArrayList<>();
    if (tokens.isOperator("(")) {
      signature(parameters, defaults);
    }
    Expr callee = new Expr.Name(tokens.expect(Token.Kind.NAME, "the name of a macro").value());
    Expr.CallArguments arguments = expressions.arguments();
    Macro.Signature caller =
        new Macro.Signature("caller", parameters, defaults, closed("endcall"), Set.of());
    return new Stmt.CallBlock(caller, callee, arguments, line);
  }

  private Macro.Signature macro(String name, String end) {
    Set<String> outside = expressions.names;
    expressions.names = new HashSet<>();
    List<String> parameters = new ArrayList<>();
    List<Expr> defaults = new ArrayList<>();
    signature(parameters, defaults);
    List<Stmt> body = closed(end);
    Set<String> names = expressions.names;
    expressions.names = outside;
    outside.addAll(names);
    return new Macro.Signature(name, parameters, defaults, body, names);
  }

  /** A body that loops around it cannot be broken out of from. */
  private List<Stmt> closed(String end) {
    int outside = loops;
    loops = 0;
    List<Stmt> body = block(end);
    loops = outside;
    return body;
  }

  private void signature(List<String> parameters, List<Expr> defaults) {
    tokens.expectOperator("(");
    while (!tokens.isOperator(")")) {
      parameters.add(tokens.expect(Token.Kind.NAME, "the name of a parameter").value());
      if (tokens.skipOperator("=")) {
        defaults.add(expressions.expression());
      } else if (!defaults.isEmpty()) {
        throw tokens.fault("a parameter without a default stands behind one with a default");
      }
      if (!tokens.skipOperator(",")) {
        break;
      }
    }
    tokens.expectOperator(")");
  }

  private Target target(boolean withMembers) {
    tokens.enter();
    List<Target> targets = new ArrayList<>();
    boolean several = false;
    while (true) {
      targets.add(one(withMembers));
      if (!tokens.skipOperator(",")) {
        break;
      }
      several = true;
      if (tokens.isName("in") || tokens.isOperator("=") || tokens.isOperator(")")) {
        break;
      }
    }
    tokens.leave();
    return several ? new Target.Several(targets) : targets.get(0);
  }

  private Target one(boolean withMembers) {
    if (tokens.skipOperator("(")) {
      Target inner = target(withMembers);
      tokens.expectOperator(")");
      return inner;
    }
    String name = tokens.expect(Token.Kind.NAME, "a name to assign to").value();
    if (RESERVED.contains(name)) {
      throw tokens.fault("cannot assign to '" + name + "'");
    }
    if (withMembers && tokens.skipOperator(".")) {
      return new Target.Member(name, tokens.expect(Token.Kind.NAME, "an attribute").value());
    }
    return new Target.Variable(name);
  }
}
