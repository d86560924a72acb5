package dev.tangram.engine.prompt;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's three ways to fill in values: {@code %}, {@code str.format}, {@code strftime}. */
final class Formats {
  private static final Pattern PERCENT = Pattern.compile("%(?:\\((\\w+)\\))?([-0+ ]*)(\\d*)(?:\\.(\\d+))?([sdifrx%])");
  private static final Pattern BRACES = Pattern.compile("\\{\\{|\\}\\}|\\{(\\w*)(?::([^}]*))?\\}");
  private static final Pattern SPEC = Pattern.compile("([<>^]?)(0?)(\\d*)(?:\\.(\\d+))?([sdf]?)");
  private static final int WIDTH_MAX = 1000;

  private static final Map<Character, String> DATE =
      Map.ofEntries(
          Map.entry('Y', "yyyy"), Map.entry('y', "yy"), Map.entry('m', "MM"), Map.entry('d', "dd"),
          Map.entry('H', "HH"), Map.entry('I', "hh"), Map.entry('M', "mm"), Map.entry('S', "ss"),
          Map.entry('p', "a"), Map.entry('b', "MMM"), Map.entry('B', "MMMM"), Map.entry('a', "EEE"),
          Map.entry('A', "EEEE"), Map.entry('j', "DDD"), Map.entry('f', "SSSSSS"));

  private Formats() {}

  /** {@code format % values}. */
  static Text percent(Text format, Object values, Fuel fuel) {
    Matcher matcher = PERCENT.matcher(format.value());
    Text.Builder out = new Text.Builder();
    int at = 0;
    int next = 0;
    while (matcher.find()) {
      out.add(format.slice(at, matcher.start()));
      at = matcher.end();
      if (matcher.group(5).equals("%")) {
        out.add(Text.untrusted("%"));
        continue;
      }
      Object value;
      if (matcher.group(1) != null) {
        value = values instanceof Map<?, ?> map ? map.get(matcher.group(1)) : null;
      } else if (values instanceof List<?> list) {
        if (next >= list.size()) {
          throw new TemplateException("the chat template has too few values for '" + format + "'");
        }
        value = list.get(next++);
      } else {
        value = values;
      }
      out.add(converted(matcher, value, fuel));
    }
    fuel.size(out.length());
    return out.add(format.slice(at, format.length())).build();
  }

  private static Text converted(Matcher matcher, Object value, Fuel fuel) {
    int precision = matcher.group(4) == null ? -1 : size(matcher.group(4));
    Text text =
        switch (matcher.group(5)) {
          case "d", "i" -> Text.untrusted(Long.toString((long) Values.number(value)));
          case "f" -> Text.untrusted(fixed(Values.number(value), precision < 0 ? 6 : precision));
          case "x" -> Text.untrusted(Long.toHexString(Values.integer(value)));
          case "r" -> {
            StringBuilder out = new StringBuilder();
            Values.repr(value, out, fuel);
            yield Text.untrusted(out.toString());
          }
          default -> Values.str(value, fuel);
        };
    if (precision >= 0 && matcher.group(5).equals("s")) {
      text = text.slice(0, Math.min(precision, text.length()));
    }
    int width = matcher.group(3).isEmpty() ? 0 : size(matcher.group(3));
    boolean left = matcher.group(2).contains("-");
    boolean zeros = matcher.group(2).contains("0") && !left;
    return pad(text, width, left ? '<' : '>', zeros ? '0' : ' ');
  }

  private static String fixed(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private static int size(String digits) {
    int size = digits.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    if (size > WIDTH_MAX) {
      throw new TemplateException("the chat template formats with a width of " + digits + ", allowed: at most " + WIDTH_MAX);
    }
    return size;
  }

  private static Text pad(Text text, int width, char align, char fill) {
    int missing = width - text.length();
    if (missing <= 0) {
      return text;
    }
    int before = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
    String filler = String.valueOf(fill);
    if (fill == '0' && text.value().startsWith("-")) {
      return Text.untrusted("-" + filler.repeat(missing) + text.value().substring(1));
    }
    return Text.untrusted(filler.repeat(before)).plus(text).plus(Text.untrusted(filler.repeat(missing - before)));
  }

  /** {@code format.format(...)}, with plain fields, width, alignment and precision. */
  static Text braces(Text format, Arguments arguments) {
    Matcher matcher = BRACES.matcher(format.value());
    Text.Builder out = new Text.Builder();
    int at = 0;
    int next = 0;
    while (matcher.find()) {
      out.add(format.slice(at, matcher.start()));
      at = matcher.end();
      if (matcher.group().equals("{{") || matcher.group().equals("}}")) {
        out.add(format.slice(matcher.start(), matcher.start() + 1));
        continue;
      }
      String field = matcher.group(1);
      boolean numbered = field.isEmpty() || Character.isDigit(field.charAt(0));
      Object value =
          numbered
              ? arguments.needed(field.isEmpty() ? next++ : size(field), "format field")
              : arguments.needed(Integer.MAX_VALUE, field);
      out.add(spec(value, matcher.group(2), arguments.fuel()));
    }
    arguments.fuel().size(out.length());
    return out.add(format.slice(at, format.length())).build();
  }

  private static Text spec(Object value, String spec, Fuel fuel) {
    if (spec == null || spec.isEmpty()) {
      return Values.str(value, fuel);
    }
    Matcher matcher = SPEC.matcher(spec);
    if (!matcher.matches()) {
      throw new TemplateException("the chat template formats with '" + spec + "', which is not known here");
    }
    Text text =
        matcher.group(5).equals("f") || (matcher.group(4) != null && !(value instanceof Text))
            ? Text.untrusted(fixed(Values.number(value), matcher.group(4) == null ? 6 : size(matcher.group(4))))
            : Values.str(value, fuel);
    char align = matcher.group(1).isEmpty() ? (value instanceof Text ? '<' : '>') : matcher.group(1).charAt(0);
    int width = matcher.group(3).isEmpty() ? 0 : size(matcher.group(3));
    return pad(text, width, align, matcher.group(2).isEmpty() ? ' ' : '0');
  }

  /** {@code strftime_now(format)}: the date is the operator's, so it is trusted like the template. */
  static Text date(String format, LocalDateTime now) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char code = format.charAt(++i);
      if (code == '%') {
        out.append('%');
      } else if (code == '-' && i + 1 < format.length()) {
        out.append(field(format.charAt(++i), now).replaceFirst("^0(?=.)", ""));
      } else {
        out.append(field(code, now));
      }
    }
    return Text.trusted(out.toString());
  }

  private static String field(char code, LocalDateTime now) {
    String pattern = DATE.get(code);
    if (pattern == null) {
      throw new TemplateException("strftime_now: found %" + code + ", allowed: " + DATE.keySet());
    }
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now);
  }
}
