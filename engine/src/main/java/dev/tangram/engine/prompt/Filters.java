package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.List;

/** Jinja's filters by name, and transformers' own tojson. */
final class Filters {
  private Filters() {}

  /**
   * The filter of a name, or null. A switch and no map, here and in {@link Tests}: a function that
   * no template asks for is not linked, which at the start of a process would cost each a class.
   */
  static Callable find(String name) {
    return switch (name) {
      case "tojson" -> (r, a) -> Json.dumps(a, r);
      case "string", "safe" -> (r, a) -> Shown.text(a.first(), r);
      case "trim" -> Filters::trim;
      case "upper" -> (r, a) -> TextMethods.upper(Shown.text(a.first(), r), r);
      case "lower" -> (r, a) -> TextMethods.lower(Shown.text(a.first(), r), r);
      case "capitalize" -> (r, a) -> TextMethods.capitalize(Shown.text(a.first(), r), r);
      case "title" -> Filters::title;
      case "replace" -> Filters::replace;
      case "indent" -> Filters::indent;
      case "center" -> Filters::center;
      case "truncate" -> Filters::truncate;
      case "wordcount" -> Filters::wordCount;
      case "escape", "e" -> Filters::escape;
      case "format" -> Filters::format;
      case "default", "d" -> Filters::orDefault;
      case "int" -> Filters::toInteger;
      case "float" -> Filters::toFloat;
      case "abs" -> Filters::absolute;
      case "round" -> Filters::round;
      case "attr" -> (r, a) -> Attributes.attribute(a.first(), a.text(1, "name"), r);
      default -> SequenceFilters.find(name);
    };
  }

  private static Object trim(Rendering r, Arguments a) {
    Object chars = a.only("trim", "value", "chars").get(1, "chars", null);
    return TextMethods.strip(
        Shown.text(a.first(), r), chars == null ? null : a.text(1, "chars"), true, true, r);
  }

  private static Object title(Rendering r, Arguments a) {
    TextBuilder out = new TextBuilder(r.budget);
    boolean inWord = false;
    for (Object element : Values.elements(Shown.text(a.first(), r), r)) {
      Text character = (Text) element;
      r.budget.steps(2);
      out.append(inWord ? TextMethods.lower(character, r) : TextMethods.upper(character, r));
      char c = character.string().charAt(0);
      inWord = !(Characters.isSpace(c) || "-({[<".indexOf(c) >= 0);
    }
    return out.toText();
  }

  private static Object replace(Rendering r, Arguments a) {
    a.only("replace", "s", "old", "new", "count");
    Text old = Shown.text(a.required(1, "old"), r);
    Text with = Shown.text(a.required(2, "new"), r);
    int count = a.get(3, "count", null) == null ? -1 : a.integer(3, "count", -1);
    return TextMethods.replace(Shown.text(a.first(), r), old, with, count, r);
  }

  private static Object indent(Rendering r, Arguments a) {
    a.only("indent", "s", "width", "first", "blank");
    Object width = a.get(1, "width", 4L);
    Text margin =
        width instanceof Text text ? text : blanks(Values.clampedIndex(width, "width"), r);
    boolean blank = a.flag(3, "blank", false);
    TextBuilder out = new TextBuilder(r.budget);
    Text text = a.first() instanceof Text s ? s : needText("indent", a.first());
    Text closed = new TextBuilder(r.budget).append(text).append("\n", true).toText();
    boolean first = true;
    for (Object element : ((Seq) TextSplits.lines(closed, Arguments.of(), r)).items()) {
      Text line = (Text) element;
      if (first ? a.flag(2, "first", false) : blank || !line.isEmpty()) {
        out.append(first ? "" : "\n", true).append(margin);
      } else {
        out.append(first ? "" : "\n", true);
      }
      out.append(line);
      first = false;
    }
    return out.toText();
  }

  private static Text needText(String filter, Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
    throw new Fault(filter + " needs a string, not " + Values.typeName(value));
  }

  private static Text blanks(int width, Rendering r) {
    return TextMethods.padded(Text.EMPTY, width, Text.trusted(" "), 'l', r);
  }

  private static Object center(Rendering r, Arguments a) {
    Text text = Shown.text(a.first(), r);
    return TextMethods.padded(
        text, (long) a.integer(1, "width", 80) - text.length(), Text.trusted(" "), 'c', r);
  }

  private static Object truncate(Rendering r, Arguments a) {
    a.only("truncate", "s", "length", "killwords", "end", "leeway");
    Text text = a.first() instanceof Text s ? s : needText("truncate", a.first());
    int length = a.integer(1, "length", 255);
    Text end = a.has(3, "end") ? a.text(3, "end") : Text.trusted("...");
    int leeway = a.get(4, "leeway", null) == null ? 5 : a.integer(4, "leeway", 5);
    if (length < end.length() || leeway < 0) {
      throw new Fault(
          "truncate needs a length of at least " + end.length() + " and no negative leeway");
    }
    if (text.length() <= (long) length + leeway) {
      return text;
    }
    Text cut = text.slice(0, length - end.length());
    if (!a.flag(2, "killwords", false)) {
      int space = cut.string().lastIndexOf(' ');
      cut = space < 0 ? cut : cut.unitSlice(0, space);
    }
    return new TextBuilder(r.budget).append(cut).append(end).toText();
  }

  private static Object wordCount(Rendering r, Arguments a) {
    Text text = Shown.text(a.first(), r);
    r.budget.steps(text.units() / 4);
    long words = 0;
    boolean inWord = false;
    for (int c : text.string().codePoints().toArray()) {
      boolean letter = c == '_' || Character.isLetterOrDigit(c);
      words += letter && !inWord ? 1 : 0;
      inWord = letter;
    }
    return words;
  }

  private static Object escape(Rendering r, Arguments a) {
    Text text = Shown.text(a.first(), r);
    TextBuilder out = new TextBuilder(r.budget);
    int plain = 0;
    for (int i = 0; i < text.units(); i++) {
      int which = "&<>'\"".indexOf(text.string().charAt(i));
      if (which >= 0) {
        r.budget.step();
        out.append(text, plain, i);
        out.append(List.of("&amp;", "&lt;", "&gt;", "&#39;", "&#34;").get(which));
        plain = i + 1;
      }
    }
    return out.append(text, plain, text.units()).toText();
  }

  private static Object format(Rendering r, Arguments a) {
    List<Object> values = a.positional().subList(1, a.count());
    if (a.named().isEmpty()) {
      return PercentFormat.format(Shown.text(a.first(), r), new Seq(Seq.Kind.TUPLE, values), r);
    }
    if (!values.isEmpty()) {
      throw new Fault("format takes arguments by place or by name, not both");
    }
    return PercentFormat.format(
        Shown.text(a.first(), r), Attributes.dict(new Arguments(List.of(), a.named()), r), r);
  }

  private static Object orDefault(Rendering r, Arguments a) {
    a.only("default", "value", "default_value", "boolean");
    Object value = a.first();
    boolean replaced =
        value instanceof Undefined || (a.flag(2, "boolean", false) && !Values.isTrue(value));
    return replaced ? a.get(1, "default_value", Text.EMPTY) : value;
  }

  private static Object toInteger(Rendering r, Arguments a) {
    a.only("int", "value", "default", "base");
    Object otherwise = a.get(1, "default", 0L);
    switch (a.first()) {
      case Undefined undefined -> throw undefined.fault();
      case Boolean b -> {
        return b ? 1L : 0L;
      }
      case Long n -> {
        return n;
      }
      case Double d -> {
        if (Double.isInfinite(d) || Math.abs(d) >= 0x1p63) {
          throw new Fault("the number " + d + " is not a 64-bit integer");
        }
        return Double.isNaN(d) ? otherwise : (Object) d.longValue();
      }
      case Text text -> {
        Long n = integer(text.string(), a.integer(2, "base", 10), r);
        Double d = n == null ? floating(text.string(), r) : null;
        boolean fits = d != null && Math.abs(d) < 0x1p63;
        return n != null ? n : fits ? (Object) d.longValue() : otherwise;
      }
      case null, default -> {
        return otherwise;
      }
    }
  }

  private static Object toFloat(Rendering r, Arguments a) {
    a.only("float", "value", "default");
    Object otherwise = a.get(1, "default", 0.0);
    return switch (a.first()) {
      case Undefined undefined -> throw undefined.fault();
      case Text text -> {
        Double d = floating(text.string(), r);
        yield d == null ? otherwise : d;
      }
      case Object number when Values.isNumber(number) -> Values.number(number);
      case null, default -> otherwise;
    };
  }

  /** {@code int(string, base)}, or null if it is none. */
  private static Long integer(String string, int base, Rendering r) {
    String digits = digits(string, r);
    int sign = digits.startsWith("-") || digits.startsWith("+") ? 1 : 0;
    int prefix =
        digits.length() > sign + 1 && digits.charAt(sign) == '0'
            ? "box".indexOf(digits.charAt(sign + 1) | 32)
            : -1;
    int prefixed = prefix < 0 ? 0 : List.of(2, 8, 16).get(prefix);
    String body = digits;
    int radix = base;
    if (prefixed > 0 && (base == 0 || base == prefixed)) {
      body = digits.substring(0, sign) + digits.substring(sign + 2);
      radix = prefixed;
    }
    try {
      return Long.parseLong(body, radix == 0 ? 10 : radix);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Double floating(String string, Rendering r) {
    String digits = digits(string, r);
    String bare = digits.toLowerCase(java.util.Locale.ROOT).replaceFirst("^[+-]", "");
    double sign = digits.startsWith("-") ? -1 : 1;
    switch (bare) {
      case "inf", "infinity":
        return sign * Double.POSITIVE_INFINITY;
      case "nan":
        return Double.NaN;
      default:
        break;
    }
    if (bare.isEmpty()
        || !bare.chars().allMatch(c -> c >= '0' && c <= '9' || ".e+-".indexOf(c) >= 0)) {
      return null;
    }
    try {
      return Double.valueOf(digits);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static String digits(String string, Rendering r) {
    if (string.length() > 400) {
      return ""; // no number that fits is this long
    }
    r.budget.steps(string.length());
    String stripped = Characters.stripRight(string.substring(Characters.skipSpace(string, 0)));
    boolean grouped =
        stripped.matches(".*[0-9]_[0-9].*") && !stripped.contains("__") && !stripped.endsWith("_");
    return grouped ? stripped.replace("_", "") : stripped;
  }

  private static Object absolute(Rendering r, Arguments a) {
    if (a.first() instanceof Double d) {
      return Math.abs(d);
    }
    return Values.integer(a.first()) < 0
        ? Arithmetic.sign(true, a.first())
        : (Object) Values.integer(a.first());
  }

  private static Object round(Rendering r, Arguments a) {
    a.only("round", "value", "precision", "method");
    int places = Math.clamp(a.integer(1, "precision", 0), -400, 400);
    String method = a.has(2, "method") ? a.text(2, "method").string() : "common";
    if (!List.of("common", "ceil", "floor").contains(method)) {
      throw new Fault("round knows the methods common, ceil and floor");
    }
    Object value = a.first();
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
    r.budget.steps(200);
    double d = Values.number(value);
    if (!method.equals("common")) {
      double scale = Math.pow(10, places);
      return (method.equals("ceil") ? Math.ceil(d * scale) : Math.floor(d * scale)) / scale;
    }
    if (Values.isInteger(value) && places >= 0) {
      return Values.integer(value);
    }
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      return d;
    }
    var rounded = new java.math.BigDecimal(d).setScale(places, java.math.RoundingMode.HALF_EVEN);
    return Values.isInteger(value)
        ? (Object) rounded.longValue()
        : Math.copySign(rounded.doubleValue(), d);
  }

  /** The parts of an attribute path such as {@code function.name} or {@code 0.text}. */
  static List<Object> path(Object attribute) {
    if (attribute instanceof Long) {
      return List.of(attribute);
    }
    List<Object> parts = new ArrayList<>();
    for (String part : Values.name(attribute).split("\\.", 64)) {
      boolean number =
          !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
      parts.add(number ? (Object) Long.valueOf(part) : Text.trusted(part));
    }
    return parts;
  }

  static Object follow(Object from, List<Object> path, Object otherwise, Rendering r) {
    Object value = from;
    for (Object part : path) {
      r.budget.step();
      value = Attributes.item(value, part, r);
      if (otherwise != null && value instanceof Undefined) {
        value = otherwise;
      }
    }
    return value;
  }
}
