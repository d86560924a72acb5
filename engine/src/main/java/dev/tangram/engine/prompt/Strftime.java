package dev.tangram.engine.prompt;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** {@code strftime} in the C locale, as glibc writes it. */
final class Strftime {
  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          Map.entry('a', "EEE"),
          Map.entry('A', "EEEE"),
          Map.entry('b', "MMM"),
          Map.entry('B', "MMMM"),
          Map.entry('c', "EEE MMM ppd HH:mm:ss yyyy"),
          Map.entry('d', "dd"),
          Map.entry('D', "MM/dd/yy"),
          Map.entry('e', "ppd"),
          Map.entry('F', "yyyy-MM-dd"),
          Map.entry('h', "MMM"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('j', "DDD"),
          Map.entry('m', "MM"),
          Map.entry('M', "mm"),
          Map.entry('p', "a"),
          Map.entry('R', "HH:mm"),
          Map.entry('S', "ss"),
          Map.entry('T', "HH:mm:ss"),
          Map.entry('u', "e"),
          Map.entry('x', "MM/dd/yy"),
          Map.entry('X', "HH:mm:ss"),
          Map.entry('y', "yy"),
          Map.entry('Y', "yyyy"));

  private Strftime() {}

  /** The time of the rendering's clock. Python's {@code now()} has no zone, so %z and %Z are empty. */
  static Text format(Text format, Rendering r) {
    ZonedDateTime now = ZonedDateTime.now(r.clock);
    TextBuilder out = new TextBuilder(r.budget);
    String string = format.string();
    for (int i = 0; i < string.length(); i++) {
      if (string.charAt(i) != '%' || i + 1 == string.length()) {
        out.append(format, i, i + 1);
        continue;
      }
      r.budget.steps(200);
      i++;
      boolean bare = string.charAt(i) == '-' && i + 1 < string.length();
      i += bare ? 1 : 0;
      out.append(field(string.charAt(i), bare, now));
    }
    return out.toText();
  }

  private static String field(char code, boolean bare, ZonedDateTime now) {
    switch (code) {
      case '%':
        return "%";
      case 'n':
        return "\n";
      case 't':
        return "\t";
      case 'z', 'Z':
        return "";
      case 'f':
        return "%06d".formatted(now.getNano() / 1000);
      case 'w':
        return Integer.toString(now.getDayOfWeek().getValue() % 7);
      case 'u':
        return Integer.toString(now.getDayOfWeek().getValue());
      case 's':
        return Long.toString(now.toEpochSecond());
      default:
        break;
    }
    String pattern = PATTERNS.get(code);
    if (pattern == null) {
      throw new Fault("strftime_now does not know '%" + code + "'");
    }
    String shown = DateTimeFormatter.ofPattern(pattern, Locale.US).format(now);
    return bare ? shown.replaceFirst("^[0 ]+(?=.)", "") : shown;
  }
}
