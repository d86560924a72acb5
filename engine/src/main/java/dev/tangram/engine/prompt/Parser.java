package dev.tangram.engine.prompt;

import dev.tangram.engine.prompt.Node.Expression;
import dev.tangram.engine.prompt.Node.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Statements of a template. */
final class Parser {
  /** Nesting of blocks. */
  private static final int DEPTH = 50;

  private final Tokens tokens;
  private final ExpressionParser expressions;
  private int depth;

  private Parser(Tokens tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  static List<Statement> parse(String source) {
    Parser parser = new Parser(new Tokens(new Lexer(source).tokens()));
    List<Statement> statements = parser.body(Set.of());
    if (parser.tokens.peek().kind() != Token.Kind.END) {
      throw parser.tokens.error("'%s' without its beginning".formatted(parser.tokens.peek(1).text()));
    }
    return statements;
  }

  /** Statements up to a block that begins with one of {@code ends}, which stays. */
  private List<Statement> body(Set<String> ends) {
    if (++depth > DEPTH) {
      throw tokens.error("blocks nested more than " + DEPTH + " deep");
    }
    List<Statement> statements = new ArrayList<>();
    while (true) {
      Token token = tokens.peek();
      switch (token.kind()) {
        case DATA -> statements.add(new Node.Data(Text.trusted(tokens.next().text())));
        case VARIABLE_BEGIN -> {
          tokens.next();
          statements.add(new Node.Print(expressions.tuple(), token.line()));
          tokens.expect(Token.Kind.VARIABLE_END, "'}}'");
        }
        case BLOCK_BEGIN -> {
          String name = tokens.peek(1).text();
          if (ends.contains(name) || name.startsWith("end") || name.equals("else") || name.equals("elif")) {
            depth--;
            return statements;
          }
          tokens.next();
          statements.add(statement(tokens.name()));
        }
        case END -> {
          if (!ends.isEmpty()) {
            throw tokens.error("the end of the template where one of %s is expected".formatted(ends));
          }
          depth--;
          return statements;
        }
        default -> throw tokens.error("'" + token.text() + "'");
      }
    }
  }

  private void end(String name) {
    tokens.expect(Token.Kind.BLOCK_BEGIN, "'{% " + name + " %}'");
    if (!tokens.acceptName(name)) {
      throw tokens.error("'%s' where '%s' is expected".formatted(tokens.peek().text(), name));
    }
    tokens.expect(Token.Kind.BLOCK_END, "'%}'");
  }

  private List<Statement> blockBody(String end) {
    tokens.expect(Token.Kind.BLOCK_END, "'%}'");
    List<Statement> body = body(Set.of(end));
    end(end);
    return body;
  }

  private Statement statement(String name) {
    int line = tokens.peek().line();
    return switch (name) {
      case "if" -> ifStatement(line);
      case "for" -> forStatement(line);
      case "set" -> set(line);
      case "macro" -> macro();
      case "generation" -> new Node.Group(blockBody("endgeneration"));
      case "filter" -> {
        List<Node.Filter> filters = new ArrayList<>();
        filters.add(new Node.Filter(null, Filters.known(tokens.name(), tokens), tokens.accept("(") ? expressions.arguments() : Node.Arguments.NONE, line));
        filters(filters);
        yield new Node.FilterBlock(blockBody("endfilter"), filters, line);
      }
      case "break" -> simple(new Node.Break());
      case "continue" -> simple(new Node.Continue());
      default ->
          throw tokens.error(
              "the block '%s'; known are if, for, set, macro, filter, generation, break, continue, raw".formatted(name));
    };
  }

  private Statement simple(Statement statement) {
    tokens.expect(Token.Kind.BLOCK_END, "'%}'");
    return statement;
  }

  private Statement ifStatement(int line) {
    List<Expression> conditions = new ArrayList<>();
    List<List<Statement>> bodies = new ArrayList<>();
    List<Statement> otherwise = List.of();
    while (true) {
      conditions.add(expressions.tuple());
      tokens.expect(Token.Kind.BLOCK_END, "'%}'");
      bodies.add(body(Set.of("elif", "else", "endif")));
      tokens.next();
      if (tokens.acceptName("elif")) {
        continue;
      }
      if (tokens.acceptName("else")) {
        otherwise = blockBody("endif");
      } else {
        if (!tokens.acceptName("endif")) {
          throw tokens.error("'%s' where 'endif' is expected".formatted(tokens.peek().text()));
        }
        tokens.expect(Token.Kind.BLOCK_END, "'%}'");
      }
      return new Node.If(conditions, bodies, otherwise, line);
    }
  }

  private Statement forStatement(int line) {
    List<String> targets = names();
    if (!tokens.acceptName("in")) {
      throw tokens.error("'%s' where 'in' is expected".formatted(tokens.peek().text()));
    }
    Expression items = expressions.withoutChoice();
    Expression condition = tokens.acceptName("if") ? expressions.expression() : null;
    if (tokens.peek().isName("recursive")) {
      throw tokens.error("'recursive', which chat templates here may not use");
    }
    tokens.expect(Token.Kind.BLOCK_END, "'%}'");
    List<Statement> body = body(Set.of("else", "endfor"));
    List<Statement> otherwise = List.of();
    if (tokens.peek(1).isName("else")) {
      tokens.next();
      tokens.next();
      otherwise = blockBody("endfor");
    } else {
      end("endfor");
    }
    return new Node.For(targets, items, condition, body, otherwise, line);
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    boolean parenthesised = tokens.accept("(");
    do {
      names.add(tokens.name());
    } while (tokens.accept(","));
    if (parenthesised) {
      tokens.expect(")");
    }
    return names;
  }

  private Statement set(int line) {
    if (tokens.peek(1).is(".")) {
      String namespace = tokens.name();
      tokens.next();
      String attribute = tokens.name();
      tokens.expect("=");
      return simple(new Node.Set(namespace, List.of(attribute), expressions.tuple(), line));
    }
    List<String> targets = names();
    if (tokens.accept("=")) {
      return simple(new Node.Set(null, targets, expressions.tuple(), line));
    }
    List<Node.Filter> filters = new ArrayList<>();
    filters(filters);
    if (targets.size() != 1) {
      throw tokens.error("a set block with several names");
    }
    return new Node.SetBlock(targets.getFirst(), blockBody("endset"), filters, line);
  }

  private void filters(List<Node.Filter> filters) {
    while (tokens.peek().is("|")) {
      filters.add(expressions.filter(null));
    }
  }

  private Statement macro() {
    String name = tokens.name();
    List<String> parameters = new ArrayList<>();
    Map<String, Expression> defaults = new LinkedHashMap<>();
    tokens.expect("(");
    while (!tokens.accept(")")) {
      String parameter = tokens.name();
      parameters.add(parameter);
      if (tokens.accept("=")) {
        defaults.put(parameter, expressions.expression());
      }
      if (!tokens.peek().is(")")) {
        tokens.expect(",");
      }
    }
    return new Node.MacroDefinition(name, parameters, defaults, blockBody("endmacro"));
  }
}
