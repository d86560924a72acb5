package dev.tangram.engine.prompt;

import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;

/** Values as text: Python's {@code str} and {@code repr}. Only what was a string keeps its trust. */
final class Shown {
  private Shown() {}

  /** {@code str(value)} as a text. */
  static Text text(Object value, Rendering r) {
    if (value instanceof Text text) {
      return text;
    }
    TextBuilder out = new TextBuilder(r.budget);
    print(value, out, r);
    return out.toText();
  }

  /** {@code str(value)} */
  static void print(Object value, TextBuilder out, Rendering r) {
    switch (value) {
      case Text text -> out.append(text);
      case Undefined undefined -> {}
      case null, default -> represent(value, out, r);
    }
  }

  /** {@code repr(value)} */
  static void represent(Object value, TextBuilder out, Rendering r) {
    r.budget.enter();
    switch (value) {
      case null -> out.append("None");
      case Boolean b -> out.append(b ? "True" : "False");
      case Long n -> out.append(n.toString());
      case Double d -> {
        r.budget.steps(10);
        out.append(number(d));
      }
      case Text text -> quoted(text, out, r);
      case Seq seq -> sequence(seq, out, r);
      case Dict dict -> {
        out.append("{");
        String comma = "";
        for (var entry : dict.entries().entrySet()) {
          out.append(comma);
          represent(entry.getKey(), out, r);
          out.append(": ");
          represent(entry.getValue(), out, r);
          comma = ", ";
        }
        out.append("}");
      }
      case Namespace namespace -> out.append("<Namespace>");
      case Undefined undefined -> out.append("Undefined");
      case Macro macro -> out.append("<Macro '" + macro.signature().name() + "'>");
      default -> out.append("<" + Values.typeName(value) + ">");
    }
    r.budget.leave();
  }

  private static void sequence(Seq seq, TextBuilder out, Rendering r) {
    switch (seq.kind) {
      case LIST -> elements("[", seq.items(), "]", out, r);
      case TUPLE -> elements("(", seq.items(), seq.items().size() == 1 ? ",)" : ")", out, r);
      case RANGE -> out.append(seq.shown());
      case VIEW -> elements(seq.shown() + "([", seq.items(), "])", out, r);
      case ITERATOR -> out.append("<generator object>");
    }
  }

  private static void elements(String open, List<Object> items, String close, TextBuilder out, Rendering r) {
    out.append(open);
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        out.append(", ");
      }
      represent(items.get(i), out, r);
    }
    out.append(close);
  }

  private static void quoted(Text text, TextBuilder out, Rendering r) {
    r.budget.search(text.units());
    String string = text.string();
    char quote = string.indexOf('\'') >= 0 && string.indexOf('"') < 0 ? '"' : '\'';
    out.append(String.valueOf(quote));
    int plain = 0;
    for (int i = 0; i < string.length(); ) {
      int c = string.codePointAt(i);
      int next = i + Character.charCount(c);
      String escape = escape(c, quote);
      if (escape != null) {
        r.budget.step();
        out.append(text, plain, i);
        out.append(escape);
        plain = next;
      }
      i = next;
    }
    out.append(text, plain, string.length());
    out.append(String.valueOf(quote));
  }

  private static String escape(int c, char quote) {
    if (c == quote || c == '\\') {
      return "\\" + (char) c;
    }
    if (c == '\n') {
      return "\\n";
    }
    if (c == '\r') {
      return "\\r";
    }
    if (c == '\t') {
      return "\\t";
    }
    if (c >= ' ' && c < 0x7f || Characters.isPrintable(c)) {
      return null;
    }
    HexFormat hex = HexFormat.of();
    return c < 0x100
        ? "\\x" + hex.toHexDigits((byte) c)
        : c < 0x10000 ? "\\u" + hex.toHexDigits((char) c) : "\\U" + hex.toHexDigits(c);
  }

  /** {@code repr} of a float: the shortest digits that read back as the same number. */
  static String number(double d) {
    if (Double.isNaN(d)) {
      return "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    if (d == 0) {
      return 1 / d < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(d)).stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    String sign = d < 0 ? "-" : "";
    if (exponent < -4 || exponent >= 16) {
      String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
      return sign + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + "%02d".formatted(Math.abs(exponent));
    }
    String plain = shortest.abs().toPlainString();
    return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
  }
}
