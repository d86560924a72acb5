package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's methods of strings. */
final class TextMethods {
  private interface Method {
    Object call(Text text, Arguments arguments, Rendering r);
  }

  private static final java.util.Map<String, Method> ALL =
      java.util.Map.ofEntries(
          entry("strip", (t, a, r) -> strip(t, a.only("strip", "chars"), true, true, r)),
          entry("lstrip", (t, a, r) -> strip(t, a.only("lstrip", "chars"), true, false, r)),
          entry("rstrip", (t, a, r) -> strip(t, a.only("rstrip", "chars"), false, true, r)),
          entry("upper", (t, a, r) -> upper(t, r)),
          entry("lower", (t, a, r) -> lower(t, r)),
          entry("capitalize", (t, a, r) -> capitalize(t, r)),
          entry("title", (t, a, r) -> title(t, r)),
          entry("swapcase", (t, a, r) -> swapCase(t, r)),
          entry("casefold", (t, a, r) -> lower(t, r)),
          entry("split", TextSplits::split),
          entry("rsplit", TextSplits::rsplit),
          entry("splitlines", TextSplits::lines),
          entry("partition", (t, a, r) -> TextSplits.partition(t, a.text(0, "sep"), false, r)),
          entry("rpartition", (t, a, r) -> TextSplits.partition(t, a.text(0, "sep"), true, r)),
          entry("join", (t, a, r) -> join(t, a.first(), r)),
          entry(
              "replace",
              (t, a, r) -> {
                a.only("replace", "old", "new", "count");
                return replace(t, a.text(0, "old"), a.text(1, "new"), a.integer(2, "count", -1), r);
              }),
          entry("startswith", (t, a, r) -> affix(t, a, true, r)),
          entry("endswith", (t, a, r) -> affix(t, a, false, r)),
          entry("removeprefix", (t, a, r) -> removeAffix(t, a.text(0, "prefix"), true, r)),
          entry("removesuffix", (t, a, r) -> removeAffix(t, a.text(0, "suffix"), false, r)),
          entry("find", (t, a, r) -> find(t, a, false, r)),
          entry("rfind", (t, a, r) -> find(t, a, true, r)),
          entry("index", (t, a, r) -> found(find(t, a, false, r))),
          entry("rindex", (t, a, r) -> found(find(t, a, true, r))),
          entry("count", TextMethods::count),
          entry("format", (t, a, r) -> BraceFormat.format(t, a, r)),
          entry("center", (t, a, r) -> pad(t, a, 'c', r)),
          entry("ljust", (t, a, r) -> pad(t, a, 'l', r)),
          entry("rjust", (t, a, r) -> pad(t, a, 'r', r)),
          entry("zfill", TextMethods::zeros),
          entry("isdigit", (t, a, r) -> every(t, r, Character::isDigit)),
          entry("isdecimal", (t, a, r) -> every(t, r, Character::isDigit)),
          entry("isnumeric", (t, a, r) -> every(t, r, c -> Character.isDigit(c) || Character.getNumericValue(c) >= 0 && !Character.isLetter(c))),
          entry("isalpha", (t, a, r) -> every(t, r, Character::isLetter)),
          entry("isalnum", (t, a, r) -> every(t, r, Character::isLetterOrDigit)),
          entry("isspace", (t, a, r) -> every(t, r, Characters::isSpace)),
          entry("isascii", (t, a, r) -> t.isEmpty() || (Boolean) every(t, r, c -> c < 0x80)),
          entry("isupper", (t, a, r) -> isCase(t, true, r)),
          entry("islower", (t, a, r) -> isCase(t, false, r)),
          entry("istitle", (t, a, r) -> !t.isEmpty() && title(t, r).equals(t) && (isCase(t, true, r) || !lower(t, r).equals(t))));

  private TextMethods() {}

  private static java.util.Map.Entry<String, Method> entry(String name, Method method) {
    return java.util.Map.entry(name, method);
  }

  /** The method of a name bound to a text, or null. */
  static Callable of(Text text, String name) {
    Method method = ALL.get(name);
    return method == null ? null : (r, arguments) -> method.call(text, arguments, r);
  }

  private static Text strip(Text text, Arguments arguments, boolean left, boolean right, Rendering r) {
    Object chars = arguments.get(0, "chars", null);
    if (chars != null && !(chars instanceof Text)) {
      throw new Fault("strip needs a string or None, not " + Values.typeName(chars));
    }
    return strip(text, (Text) chars, left, right, r);
  }

  /** @param chars what to take off; null for white space */
  static Text strip(Text text, Text chars, boolean left, boolean right, Rendering r) {
    String string = text.string();
    String set = chars == null ? null : chars.string();
    int from = 0;
    int to = string.length();
    while (left && from < to && isIn(set, string.codePointAt(from))) {
      from += Character.charCount(string.codePointAt(from));
    }
    while (right && to > from && isIn(set, string.codePointBefore(to))) {
      to -= Character.charCount(string.codePointBefore(to));
    }
    long taken = string.length() - to + from;
    r.budget.steps(set == null ? taken / 8 : taken * (set.length() + 8) / 8);
    r.budget.characters(to - from);
    return text.unitSlice(from, to);
  }

  private static boolean isIn(String set, int c) {
    return set == null ? Characters.isSpace(c) : set.indexOf(c) >= 0;
  }

  static Text upper(Text text, Rendering r) {
    return recased(text, text.string().toUpperCase(Locale.ROOT), true, r);
  }

  static Text lower(Text text, Rendering r) {
    return recased(text, text.string().toLowerCase(Locale.ROOT), false, r);
  }

  private static Text recased(Text text, String whole, boolean upper, Rendering r) {
    r.budget.steps(text.units() / 8);
    if (text.isUniform() || whole.length() == text.units()) {
      return text.withCharacters(whole);
    }
    TextBuilder out = new TextBuilder(r.budget); // some characters grow: case them one by one to keep their trust
    String string = text.string();
    for (int i = 0; i < string.length(); ) {
      int end = i + Character.charCount(string.codePointAt(i));
      String one = string.substring(i, end);
      out.append(upper ? one.toUpperCase(Locale.ROOT) : one.toLowerCase(Locale.ROOT), text.isTrusted(i));
      i = end;
    }
    return out.toText();
  }

  static Text capitalize(Text text, Rendering r) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.string().offsetByCodePoints(0, 1);
    return new TextBuilder(r.budget)
        .append(titled(text.unitSlice(0, first), r))
        .append(lower(text.unitSlice(first, text.units()), r))
        .toText();
  }

  private static Text titled(Text character, Rendering r) {
    int c = character.string().codePointAt(0);
    int title = Character.toTitleCase(c);
    return title == c ? upper(character, r) : character.withCharacters(Character.toString(title));
  }

  /** {@code str.title}: a letter is large if no letter stands before it. */
  static Text title(Text text, Rendering r) {
    TextBuilder out = new TextBuilder(r.budget);
    boolean inWord = false;
    for (Object element : Values.elements(text, r)) {
      Text character = (Text) element;
      r.budget.steps(2);
      out.append(inWord ? lower(character, r) : titled(character, r));
      int c = character.string().codePointAt(0);
      inWord = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }
    return out.toText();
  }

  private static Text swapCase(Text text, Rendering r) {
    TextBuilder out = new TextBuilder(r.budget);
    for (Object element : Values.elements(text, r)) {
      Text character = (Text) element;
      r.budget.steps(2);
      out.append(Character.isUpperCase(character.string().codePointAt(0)) ? lower(character, r) : upper(character, r));
    }
    return out.toText();
  }

  static Text join(Text separator, Object parts, Rendering r) {
    TextBuilder out = new TextBuilder(r.budget);
    boolean first = true;
    for (Object part : Values.elements(parts, r)) {
      r.budget.step();
      if (!(part instanceof Text text)) {
        throw new Fault("join needs strings, not " + Values.typeName(part));
      }
      if (!first) {
        out.append(separator);
      }
      out.append(text);
      first = false;
    }
    return out.toText();
  }

  /** @param count how many at most; negative for all */
  static Text replace(Text text, Text old, Text with, int count, Rendering r) {
    r.budget.search(text.units());
    TextBuilder out = new TextBuilder(r.budget);
    String string = text.string();
    int done = 0;
    int left = count < 0 ? Integer.MAX_VALUE : count;
    if (old.isEmpty()) {
      for (int i = 0; left > 0 && i <= string.length(); left--) {
        out.append(with);
        r.budget.step();
        done = i < string.length() ? i + Character.charCount(string.codePointAt(i)) : i;
        out.append(text, i, done);
        i = done == i ? i + 1 : done;
      }
      return out.append(text, Math.min(done, string.length()), string.length()).toText();
    }
    for (int i = Search.first(string, old.string(), 0); i >= 0 && left > 0; left--) {
      r.budget.step();
      out.append(text, done, i).append(with);
      done = i + old.units();
      i = Search.first(string, old.string(), done);
    }
    return done == 0 ? text : out.append(text, done, string.length()).toText();
  }

  private static Object affix(Text text, Arguments arguments, boolean prefix, Rendering r) {
    Object affix = arguments.first();
    Text within = (Text) Slices.slice(text, arguments.get(1, "start", null), arguments.get(2, "end", null), null, r);
    if (affix instanceof Seq seq && seq.kind == Seq.Kind.TUPLE) {
      return seq.items().stream().anyMatch(one -> isAffix(within, one, prefix, r));
    }
    return isAffix(within, affix, prefix, r);
  }

  private static boolean isAffix(Text text, Object affix, boolean prefix, Rendering r) {
    if (!(affix instanceof Text part)) {
      throw new Fault((prefix ? "startswith" : "endswith") + " needs a string or a tuple of strings, not " + Values.typeName(affix));
    }
    r.budget.characters(part.units());
    return prefix ? text.string().startsWith(part.string()) : text.string().endsWith(part.string());
  }

  private static Text removeAffix(Text text, Text affix, boolean prefix, Rendering r) {
    r.budget.characters(text.units());
    if (affix.isEmpty() || !isAffix(text, affix, prefix, r)) {
      return text;
    }
    return prefix ? text.unitSlice(affix.units(), text.units()) : text.unitSlice(0, text.units() - affix.units());
  }

  /** The code point index of a part between two indices, or -1. */
  private static long find(Text text, Arguments arguments, boolean last, Rendering r) {
    Text part = arguments.text(0, "sub");
    r.budget.search(text.units() + part.units());
    int length = text.length();
    int from = place(arguments.get(1, "start", null), 0, length);
    int to = place(arguments.get(2, "end", null), length, length);
    if (from > to) {
      return -1;
    }
    String within = text.slice(from, to).string();
    int unit = last ? Search.last(within, part.string(), within.length()) : Search.first(within, part.string(), 0);
    return unit < 0 ? -1 : from + within.codePointCount(0, unit);
  }

  private static int place(Object index, int otherwise, int length) {
    if (index == null) {
      return otherwise;
    }
    int i = Values.clampedIndex(index, "start or end");
    return i < 0 ? (int) Math.max(0, (long) i + length) : Math.min(i, length + 1);
  }

  private static Object found(long index) {
    if (index < 0) {
      throw new Fault("the substring was not found");
    }
    return index;
  }

  private static Object count(Text text, Arguments arguments, Rendering r) {
    Text part = arguments.text(0, "sub");
    Text within = (Text) Slices.slice(text, arguments.get(1, "start", null), arguments.get(2, "end", null), null, r);
    if (part.isEmpty()) {
      return (long) within.length() + 1;
    }
    long count = 0;
    r.budget.search(within.units());
    String string = within.string();
    for (int i = Search.first(string, part.string(), 0);
        i >= 0;
        i = Search.first(string, part.string(), i + part.units())) {
      r.budget.step();
      count++;
    }
    return count;
  }

  private static Object pad(Text text, Arguments arguments, char side, Rendering r) {
    long missing = (long) arguments.integer(0, "width", 0) - text.length();
    Text fill = arguments.has(1, "fillchar") ? arguments.text(1, "fillchar") : Text.trusted(" ");
    if (fill.length() != 1) {
      throw new Fault("the fill character must be one character long");
    }
    return padded(text, missing, fill, side, r);
  }

  /** @param side l: text to the left; r: to the right; c: Python's own idea of the centre */
  static Text padded(Text text, long missing, Text fill, char side, Rendering r) {
    if (missing <= 0) {
      return text;
    }
    r.budget.size(text.units() + missing);
    int width = text.length() + (int) missing;
    long before = side == 'l' ? 0 : side == 'r' ? missing : missing / 2 + (missing & width & 1);
    TextBuilder out = new TextBuilder(r.budget);
    fill(out, fill, before, r);
    out.append(text);
    fill(out, fill, missing - before, r);
    return out.toText();
  }

  private static void fill(TextBuilder out, Text fill, long times, Rendering r) {
    for (long i = 0; i < times; i++) {
      r.budget.step();
      out.append(fill);
    }
  }

  private static Object zeros(Text text, Arguments arguments, Rendering r) {
    boolean signed = text.string().startsWith("-") || text.string().startsWith("+");
    int sign = signed ? 1 : 0;
    long missing = (long) arguments.integer(0, "width", 0) - text.length();
    Text digits = padded(text.unitSlice(sign, text.units()), missing, Text.trusted("0"), 'r', r);
    return new TextBuilder(r.budget).append(text, 0, sign).append(digits).toText();
  }

  private static Object every(Text text, Rendering r, IntPredicate test) {
    r.budget.steps(text.units() / 4);
    return !text.isEmpty() && text.string().codePoints().allMatch(test);
  }

  private static boolean isCase(Text text, boolean upper, Rendering r) {
    r.budget.steps(text.units() / 2);
    List<Integer> cased = new ArrayList<>();
    text.string().codePoints().filter(c -> Character.isUpperCase(c) || Character.isLowerCase(c)).forEach(cased::add);
    return !cased.isEmpty() && cased.stream().allMatch(c -> upper ? Character.isUpperCase(c) : Character.isLowerCase(c));
  }
}
