package dev.tangram.engine.prompt;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * How one value is laid out: {@code [[fill]align][sign][0][width][,][.precision][type]}.
 *
 * @param align one of &lt; &gt; ^ = or 0 for the type's own
 * @param precision -1 if not given
 * @param type 0 if not given
 */
record FormatSpec(Text fill, char align, char sign, int width, boolean grouped, int precision, char type) {
  static FormatSpec parse(Text text) {
    String s = text.string();
    int at = 0;
    Text fill = Text.trusted(" ");
    char align = 0;
    int first = s.isEmpty() ? 0 : Character.charCount(s.codePointAt(0));
    if (first > 0 && first < s.length() && "<>^=".indexOf(s.charAt(first)) >= 0) {
      fill = text.unitSlice(0, first);
      align = s.charAt(first);
      at = first + 1;
    } else if (first > 0 && "<>^=".indexOf(s.charAt(0)) >= 0) {
      align = s.charAt(0);
      at = 1;
    }
    char sign = '-';
    if (at < s.length() && "+- ".indexOf(s.charAt(at)) >= 0) {
      sign = s.charAt(at++);
    }
    if (at < s.length() && s.charAt(at) == '0') {
      at++;
      if (align == 0) {
        fill = Text.trusted("0");
        align = '=';
      }
    }
    int width = 0;
    while (at < s.length() && Character.digit(s.charAt(at), 10) >= 0) {
      width = Math.min(1 << 24, width * 10 + Character.digit(s.charAt(at++), 10));
    }
    boolean grouped = at < s.length() && s.charAt(at) == ',';
    at += grouped ? 1 : 0;
    int precision = -1;
    if (at < s.length() && s.charAt(at) == '.') {
      at++;
      precision = 0;
      while (at < s.length() && Character.digit(s.charAt(at), 10) >= 0) {
        precision = Math.min(1 << 24, precision * 10 + Character.digit(s.charAt(at++), 10));
      }
    }
    char type = at < s.length() ? s.charAt(at++) : 0;
    if (at < s.length()) {
      throw new Fault("the format '" + (s.length() > 40 ? s.substring(0, 40) : s) + "' is not understood");
    }
    return new FormatSpec(fill, align, sign, width, grouped, precision, type);
  }

  Text ofText(Text text, Rendering r) {
    if (type != 0 && type != 's' && type != 'r' && type != 'a' || grouped || align == '=') {
      throw new Fault("the format '" + type + "' does not fit a string");
    }
    Text shown = precision >= 0 && precision < text.length() ? text.slice(0, precision) : text;
    char side = align == '>' ? 'r' : align == '^' ? 'c' : 'l';
    long missing = (long) width - shown.length();
    if (side != 'c' || missing <= 0) {
      return TextMethods.padded(shown, missing, fill, side, r);
    }
    Text left = TextMethods.padded(shown, missing / 2, fill, 'r', r);
    return TextMethods.padded(left, missing - missing / 2, fill, 'l', r);
  }

  Text ofNumber(Object value, Rendering r) {
    r.budget.steps(1000); // decimals of a double have up to a thousand digits
    String shown = digits(value);
    boolean negative = shown.startsWith("-");
    String body = negative ? shown.substring(1) : shown;
    String mark = negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
    long missing = (long) width - body.length() - mark.length();
    if (align == '=') {
      Text number = TextMethods.padded(Text.untrusted(body), missing, fill, 'r', r);
      return new TextBuilder(r.budget).append(mark).append(number).toText();
    }
    FormatSpec layout = new FormatSpec(fill, align == 0 ? '>' : align, '-', width, false, -1, 's');
    return layout.ofText(Text.untrusted(mark + body), r);
  }

  private String digits(Object value) {
    if (!Values.isNumber(value)) {
      throw new Fault("the format '" + type + "' needs a number, not " + Values.typeName(value));
    }
    if (precision > 400) {
      throw new Fault("a precision of " + precision + " is more than the limit of 400");
    }
    boolean whole = type == 'd' || type == 0 && Values.isInteger(value);
    String shown =
        switch (type) {
          case 'x' -> Long.toString(Values.integer(value), 16);
          case 'X' -> Long.toString(Values.integer(value), 16).toUpperCase(java.util.Locale.ROOT);
          case 'o' -> Long.toString(Values.integer(value), 8);
          case 'b' -> Long.toString(Values.integer(value), 2);
          case 'd' -> Long.toString(Values.integer(value));
          case 'f', 'F' -> fixed(Values.number(value), precision < 0 ? 6 : precision);
          case '%' -> fixed(Values.number(value) * 100, precision < 0 ? 6 : precision) + "%";
          case 'e', 'E' -> scientific(Values.number(value), precision < 0 ? 6 : precision, type);
          case 'g', 'G' -> general(Values.number(value), precision < 0 ? 6 : Math.max(1, precision));
          case 0 -> whole ? Long.toString(Values.integer(value)) : precision < 0 ? Shown.number((Double) value) : general(Values.number(value), Math.max(1, precision));
          default -> throw new Fault("the format '" + type + "' is not understood");
        };
    return grouped ? grouped(shown) : shown;
  }

  private static String grouped(String shown) {
    int start = shown.startsWith("-") ? 1 : 0;
    int end = start;
    while (end < shown.length() && Character.isDigit(shown.charAt(end))) {
      end++;
    }
    StringBuilder out = new StringBuilder(shown);
    for (int i = end - 3; i > start; i -= 3) {
      out.insert(i, ',');
    }
    return out.toString();
  }

  static String fixed(double d, int places) {
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      return Shown.number(d);
    }
    String shown = new BigDecimal(d).setScale(places, RoundingMode.HALF_EVEN).abs().toPlainString();
    return (d < 0 || 1 / d < 0 ? "-" : "") + shown;
  }

  private static String scientific(double d, int places, char letter) {
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      return Shown.number(d);
    }
    BigDecimal rounded = new BigDecimal(d).round(new java.math.MathContext(places + 1, RoundingMode.HALF_EVEN));
    String digits = rounded.unscaledValue().abs().toString();
    int exponent = rounded.signum() == 0 ? 0 : digits.length() - 1 - rounded.scale();
    digits = (digits + "0".repeat(places + 1)).substring(0, places + 1);
    String fraction = places > 0 ? "." + digits.substring(1) : "";
    return (d < 0 ? "-" : "") + digits.charAt(0) + fraction + letter + (exponent < 0 ? "-" : "+") + "%02d".formatted(Math.abs(exponent));
  }

  private static String general(double d, int digits) {
    if (Double.isNaN(d) || Double.isInfinite(d) || d == 0) {
      return d == 0 ? "0" : Shown.number(d);
    }
    BigDecimal rounded = new BigDecimal(d).round(new java.math.MathContext(digits, RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - 1 - rounded.scale();
    BigDecimal bare = rounded.stripTrailingZeros();
    if (exponent >= -4 && exponent < digits) {
      return bare.toPlainString();
    }
    return scientific(d, bare.precision() - 1, 'e');
  }
}
