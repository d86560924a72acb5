package dev.tangram.engine.prompt;

/**
 * One token of a template.
 *
 * @param value the text: of data and strings after whitespace control and escapes
 * @param line counted from 1
 */
record Token(Kind kind, String value, int line) {
  enum Kind {
    DATA,
    VARIABLE_BEGIN,
    VARIABLE_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean isName(String name) {
    return kind == Kind.NAME && value.equals(name);
  }

  boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && value.equals(operator);
  }

  String described() {
    return switch (kind) {
      case VARIABLE_END -> "'}}'";
      case BLOCK_END -> "'%}'";
      case DATA, VARIABLE_BEGIN, BLOCK_BEGIN -> "template text";
      case END -> "the end of the template";
      case STRING -> "a string";
      case NAME, INTEGER, FLOAT, OPERATOR -> "'" + value + "'";
    };
  }
}
