package dev.tangram.engine.prompt;

import java.util.List;

/** {@code format % values}: s, r, a, d, i, f, e, g, x, X, o, c and %, with flags, width and precision. */
final class PercentFormat {
  private final Text format;
  private final Object values;
  private final List<Object> positional;
  private final Rendering r;
  private final TextBuilder out;
  private int at;
  private int used;

  private PercentFormat(Text format, Object values, Rendering r) {
    this.format = format;
    this.values = values;
    this.positional = values instanceof Seq seq && seq.kind == Seq.Kind.TUPLE ? seq.items() : java.util.Collections.singletonList(values);
    this.r = r;
    this.out = new TextBuilder(r.budget);
  }

  static Text format(Text format, Object values, Rendering r) {
    return new PercentFormat(format, values, r).run();
  }

  private Text run() {
    String string = format.string();
    while (true) {
      int percent = string.indexOf('%', at);
      if (percent < 0) {
        out.append(format, at, string.length());
        break;
      }
      out.append(format, at, percent);
      at = percent + 1;
      conversion(string);
    }
    if (used < positional.size() && !(values instanceof Dict)) {
      throw new Fault("not all arguments were converted by the format string");
    }
    return out.toText();
  }

  private void conversion(String string) {
    r.budget.step();
    Object keyed = null;
    boolean isKeyed = false;
    if (peek(string) == '(' && values instanceof Dict dict) {
      int close = string.indexOf(')', at);
      if (close < 0) {
        throw new Fault("the format string has a key that is never closed");
      }
      keyed = Attributes.item(dict, Text.trusted(string.substring(at + 1, close)), r);
      isKeyed = true;
      at = close + 1;
    }
    StringBuilder flags = new StringBuilder();
    while ("-+ 0#".indexOf(peek(string)) >= 0) {
      flags.append(string.charAt(at++));
      if (flags.length() > 8) {
        throw new Fault("the format string has more than 8 flags in one conversion");
      }
    }
    int width = number(string);
    int precision = -1;
    if (peek(string) == '.') {
      at++;
      precision = Math.max(0, number(string));
    }
    char kind = peek(string);
    at++;
    if (kind == '%') {
      out.append(format, at - 1, at);
      return;
    }
    Object value = isKeyed ? keyed : next();
    boolean left = flags.indexOf("-") >= 0;
    boolean zeros = flags.indexOf("0") >= 0 && kind != 's';
    FormatSpec spec =
        new FormatSpec(
            Text.trusted(zeros && !left ? "0" : " "),
            left ? '<' : zeros ? '=' : '>',
            flags.indexOf("+") >= 0 ? '+' : flags.indexOf(" ") >= 0 ? ' ' : '-',
            Math.max(0, width),
            false,
            precision,
            kind == 'i' || kind == 'u' ? 'd' : kind);
    switch (kind) {
      case 's' -> out.append(spec.ofText(Shown.text(value, r), r));
      case 'r', 'a' -> {
        TextBuilder shown = new TextBuilder(r.budget);
        Shown.represent(value, shown, r);
        out.append(spec.ofText(shown.toText(), r));
      }
      case 'd', 'i', 'u' -> out.append(spec.ofNumber(value instanceof Double d ? whole(d) : (Object) Values.integer(value), r));
      case 'x', 'X', 'o', 'f', 'F', 'e', 'E', 'g', 'G' -> out.append(spec.ofNumber(value, r));
      default -> throw new Fault("the format string has an unknown conversion '%" + kind + "'");
    }
  }

  private static Object whole(double d) {
    if (Double.isNaN(d) || Math.abs(d) >= 0x1p63) {
      throw new Fault("the number " + d + " is not a 64-bit integer");
    }
    return (long) d;
  }

  private char peek(String string) {
    if (at >= string.length()) {
      throw new Fault("the format string ends inside a conversion");
    }
    return string.charAt(at);
  }

  private int number(String string) {
    int number = -1;
    while (peek(string) >= '0' && peek(string) <= '9') {
      number = Math.min(1 << 24, Math.max(0, number) * 10 + string.charAt(at++) - '0');
    }
    return number;
  }

  private Object next() {
    if (used >= positional.size()) {
      throw new Fault("there are not enough arguments for the format string");
    }
    return positional.get(used++);
  }
}
