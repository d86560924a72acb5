package dev.tangram.engine.prompt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Methods that Python's strings, mappings and lists have and that change nothing. */
final class Methods {
  private static final Set<String> OF_TEXT =
      Set.of(
          "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "replace", "upper",
          "lower", "title", "capitalize", "join", "find", "rfind", "index", "count", "format", "removeprefix",
          "removesuffix", "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower", "zfill", "partition",
          "rpartition", "swapcase");
  private static final Set<String> OF_MAP = Set.of("items", "keys", "values", "get", "copy");
  private static final Set<String> OF_LIST = Set.of("index", "count", "copy");

  private Methods() {}

  static boolean has(Object object, String name) {
    return switch (object) {
      case Text _ -> OF_TEXT.contains(name);
      case Map<?, ?> _ -> OF_MAP.contains(name);
      case List<?> _ -> OF_LIST.contains(name);
      case null, default -> false;
    };
  }

  static Object call(Object object, String name, Arguments a) {
    return switch (object) {
      case Text text -> {
        a.fuel().size(text.length());
        yield ofText(text, name, a);
      }
      case Map<?, ?> map -> ofMap(map, name, a);
      case List<?> list -> ofList(list, name, a);
      default -> throw new IllegalStateException(name);
    };
  }

  private static Object ofMap(Map<?, ?> map, String name, Arguments a) {
    a.fuel().size(64L * map.size());
    return switch (name) {
      case "items" -> Filters.pairs(map);
      case "keys" -> Values.items(map, a.fuel());
      case "values" -> new ArrayList<>(map.values());
      case "copy" -> new LinkedHashMap<>(map);
      default -> {
        String key = Values.str(a.needed(0, "key"), a.fuel()).value();
        yield map.containsKey(key) ? map.get(key) : a.value(1, "default", null);
      }
    };
  }

  private static Object ofList(List<?> list, String name, Arguments a) {
    a.fuel().size(64L * list.size());
    if (name.equals("copy")) {
      return new ArrayList<>(list);
    }
    Object wanted = a.needed(0, "value");
    long count = list.stream().filter(item -> Values.same(item, wanted)).count();
    if (name.equals("count")) {
      return count;
    }
    for (int i = 0; i < list.size(); i++) {
      if (Values.same(list.get(i), wanted)) {
        return (long) i;
      }
    }
    throw new TemplateException("the chat template asks for the index of a value that is not in the list");
  }

  private static Object ofText(Text text, String name, Arguments a) {
    String value = text.value();
    return switch (name) {
      case "strip" -> text.strip(a.string(0, "chars", null), true, true);
      case "lstrip" -> text.strip(a.string(0, "chars", null), true, false);
      case "rstrip" -> text.strip(a.string(0, "chars", null), false, true);
      case "split" -> split(text, a.string(0, "sep", null), a.integer(1, "maxsplit", -1), false, a.fuel());
      case "rsplit" -> split(text, a.string(0, "sep", null), a.integer(1, "maxsplit", -1), true, a.fuel());
      case "splitlines" -> lines(text);
      case "startswith" -> any(a.needed(0, "prefix"), value::startsWith);
      case "endswith" -> any(a.needed(0, "suffix"), value::endsWith);
      case "replace" -> replace(text, a.text(0, "old"), a.text(1, "new"), a.integer(2, "count", -1), a.fuel());
      case "upper" -> text.map(value.toUpperCase(Locale.ROOT));
      case "lower" -> text.map(value.toLowerCase(Locale.ROOT));
      case "title" -> text.map(title(value));
      case "capitalize" -> text.map(capitalize(value));
      case "swapcase" -> text.map(swapCase(value));
      case "join" -> join(text, Values.items(a.needed(0, "iterable"), a.fuel()), a.fuel());
      case "find" -> (long) value.indexOf(a.text(0, "sub").value());
      case "rfind" -> (long) value.lastIndexOf(a.text(0, "sub").value());
      case "index" -> index(value, a.text(0, "sub").value());
      case "count" -> count(value, a.text(0, "sub").value());
      case "format" -> Formats.braces(text, a);
      case "removeprefix" -> value.startsWith(a.text(0, "prefix").value()) ? text.slice(a.text(0, "prefix").length(), text.length()) : text;
      case "removesuffix" -> value.endsWith(a.text(0, "suffix").value()) ? text.slice(0, text.length() - a.text(0, "suffix").length()) : text;
      case "isdigit" -> !value.isEmpty() && value.codePoints().allMatch(Character::isDigit);
      case "isalpha" -> !value.isEmpty() && value.codePoints().allMatch(Character::isLetter);
      case "isalnum" -> !value.isEmpty() && value.codePoints().allMatch(Character::isLetterOrDigit);
      case "isspace" -> !value.isEmpty() && value.chars().allMatch(c -> Text.isSpace((char) c));
      case "isupper" -> !value.equals(value.toLowerCase(Locale.ROOT)) && value.equals(value.toUpperCase(Locale.ROOT));
      case "islower" -> !value.equals(value.toUpperCase(Locale.ROOT)) && value.equals(value.toLowerCase(Locale.ROOT));
      case "zfill" -> Formats.percent(Text.untrusted("%0" + a.integer(0, "width", 0) + "s"), List.of(text), a.fuel());
      case "partition" -> partition(text, a.text(0, "sep"), value.indexOf(a.text(0, "sep").value()), false);
      case "rpartition" -> partition(text, a.text(0, "sep"), value.lastIndexOf(a.text(0, "sep").value()), true);
      default -> throw new IllegalStateException(name);
    };
  }

  private interface Matches {
    boolean test(String text);
  }

  /** A text, or any of a tuple of texts. */
  private static boolean any(Object wanted, Matches matches) {
    return wanted instanceof List<?> list
        ? list.stream().anyMatch(item -> matches.test(Values.text(item).value()))
        : matches.test(Values.text(wanted).value());
  }

  private static long index(String value, String wanted) {
    int at = value.indexOf(wanted);
    if (at < 0) {
      throw new TemplateException("the chat template asks for the index of a substring that is not there");
    }
    return at;
  }

  private static long count(String value, String wanted) {
    if (wanted.isEmpty()) {
      return value.length() + 1L;
    }
    long count = 0;
    for (int at = value.indexOf(wanted); at >= 0; at = value.indexOf(wanted, at + wanted.length())) {
      count++;
    }
    return count;
  }

  private static List<Object> partition(Text text, Text separator, int at, boolean fromRight) {
    if (at < 0) {
      return fromRight ? List.of(Text.EMPTY, Text.EMPTY, text) : List.of(text, Text.EMPTY, Text.EMPTY);
    }
    return List.of(text.slice(0, at), separator, text.slice(at + separator.length(), text.length()));
  }

  static List<Object> split(Text text, String separator, long most, boolean fromRight, Fuel fuel) {
    if (separator != null && separator.isEmpty()) {
      throw new TemplateException("the chat template splits by an empty string");
    }
    List<int[]> cuts = separator == null ? blanks(text.value()) : places(text.value(), separator);
    fuel.size(64L * cuts.size());
    if (separator == null) {
      return words(text, cuts, most, fromRight);
    }
    int from = fromRight && most >= 0 ? (int) Math.max(0, cuts.size() - most) : 0;
    int to = !fromRight && most >= 0 ? (int) Math.min(cuts.size(), most) : cuts.size();
    List<Object> parts = new ArrayList<>();
    int at = 0;
    for (int[] cut : cuts.subList(from, to)) {
      parts.add(text.slice(at, cut[0]));
      at = cut[1];
    }
    parts.add(text.slice(at, text.length()));
    return parts;
  }

  /** Words between runs of blanks; what is left after the last cut keeps its inner blanks. */
  private static List<Object> words(Text text, List<int[]> words, long most, boolean fromRight) {
    List<Object> parts = new ArrayList<>();
    if (words.isEmpty()) {
      return parts;
    }
    int size = words.size();
    if (most < 0 || most >= size) {
      words.forEach(word -> parts.add(text.slice(word[0], word[1])));
    } else if (fromRight) {
      parts.add(text.slice(0, words.get(size - 1 - (int) most)[1]));
      words.subList(size - (int) most, size).forEach(word -> parts.add(text.slice(word[0], word[1])));
    } else {
      words.subList(0, (int) most).forEach(word -> parts.add(text.slice(word[0], word[1])));
      parts.add(text.slice(words.get((int) most)[0], text.length()));
    }
    return parts;
  }

  private static List<int[]> places(String value, String separator) {
    List<int[]> places = new ArrayList<>();
    for (int at = value.indexOf(separator); at >= 0; at = value.indexOf(separator, at + separator.length())) {
      places.add(new int[] {at, at + separator.length()});
    }
    return places;
  }

  private static List<int[]> blanks(String value) {
    List<int[]> words = new ArrayList<>();
    int i = 0;
    while (i < value.length()) {
      while (i < value.length() && Text.isSpace(value.charAt(i))) {
        i++;
      }
      int from = i;
      while (i < value.length() && !Text.isSpace(value.charAt(i))) {
        i++;
      }
      if (i > from) {
        words.add(new int[] {from, i});
      }
    }
    return words;
  }

  private static List<Object> lines(Text text) {
    List<Object> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.value().charAt(i);
      if (c == '\n' || c == '\r') {
        lines.add(text.slice(from, i));
        i += c == '\r' && i + 1 < text.length() && text.value().charAt(i + 1) == '\n' ? 1 : 0;
        from = i + 1;
      }
    }
    if (from < text.length()) {
      lines.add(text.slice(from, text.length()));
    }
    return lines;
  }

  static Text replace(Text text, Text old, Text with, long most, Fuel fuel) {
    if (old.isEmpty()) {
      throw new TemplateException("the chat template replaces an empty string");
    }
    Text.Builder out = new Text.Builder();
    int at = 0;
    long left = most;
    for (int[] place : places(text.value(), old.value())) {
      if (left-- == 0) {
        break;
      }
      fuel.size(with.length());
      out.add(text.slice(at, place[0])).add(with);
      at = place[1];
    }
    return at == 0 ? text : out.add(text.slice(at, text.length())).build();
  }

  static Text join(Text separator, List<?> items, Fuel fuel) {
    Text.Builder out = new Text.Builder();
    for (int i = 0; i < items.size(); i++) {
      Text item = Values.str(items.get(i), fuel);
      fuel.size((long) separator.length() + item.length());
      if (i > 0) {
        out.add(separator);
      }
      out.add(item);
    }
    return out.build();
  }

  static String capitalize(String value) {
    return value.isEmpty() ? value : value.substring(0, 1).toUpperCase(Locale.ROOT) + value.substring(1).toLowerCase(Locale.ROOT);
  }

  static String title(String value) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      out.append(inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
      inWord = Character.isLetter(c);
    }
    return out.toString();
  }

  private static String swapCase(String value) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      out.append(Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c));
    }
    return out.toString();
  }
}
