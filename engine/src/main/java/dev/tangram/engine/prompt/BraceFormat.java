package dev.tangram.engine.prompt;

/**
 * {@code str.format}: fields by place or name, with attributes, indices, !r, !s and format
 * specifications.
 */
final class BraceFormat {
  private final Text format;
  private final Arguments arguments;
  private final Rendering r;
  private int automatic;

  private BraceFormat(Text format, Arguments arguments, Rendering r) {
    this.format = format;
    this.arguments = arguments;
    this.r = r;
  }

  static Text format(Text format, Arguments arguments, Rendering r) {
    return new BraceFormat(format, arguments, r).run();
  }

  private Text run() {
    TextBuilder out = new TextBuilder(r.budget);
    String string = format.string();
    for (int i = 0; i < string.length(); ) {
      char c = string.charAt(i);
      if (c != '{' && c != '}') {
        int end = i;
        while (end < string.length() && string.charAt(end) != '{' && string.charAt(end) != '}') {
          end++;
        }
        out.append(format, i, end);
        i = end;
      } else if (i + 1 < string.length() && string.charAt(i + 1) == c) {
        out.append(format, i, i + 1);
        i += 2;
      } else {
        int close = c == '{' ? string.indexOf('}', i) : -1;
        if (close < 0) {
          throw new Fault("the format string has a single '" + c + "'");
        }
        r.budget.step();
        out.append(field(format.unitSlice(i + 1, close)));
        i = close + 1;
      }
    }
    return out.toText();
  }

  private Text field(Text field) {
    String string = field.string();
    if (string.indexOf('{') >= 0) {
      throw new Fault("a format inside a format is not supported");
    }
    int colon = string.indexOf(':');
    String head = colon < 0 ? string : string.substring(0, colon);
    int bang = head.indexOf('!');
    String conversion = bang < 0 ? "" : head.substring(bang + 1);
    Object value = value(bang < 0 ? head : head.substring(0, bang));
    FormatSpec spec =
        FormatSpec.parse(colon < 0 ? Text.EMPTY : field.unitSlice(colon + 1, field.units()));
    if (conversion.equals("r")) {
      TextBuilder shown = new TextBuilder(r.budget);
      Shown.represent(value, shown, r);
      return spec.ofText(shown.toText(), r);
    }
    if (!conversion.isEmpty() && !conversion.equals("s")) {
      throw new Fault("the conversion '!" + conversion + "' is not understood");
    }
    boolean plain = colon < 0 || colon == string.length() - 1;
    boolean number = Values.isNumber(value) && conversion.isEmpty() && !plain;
    return number ? spec.ofNumber(value, r) : spec.ofText(Shown.text(value, r), r);
  }

  private Object value(String path) {
    int end = 0;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    String name = path.substring(0, end);
    Object value =
        name.isEmpty()
            ? at(automatic++)
            : isNumber(name) ? at(Integer.parseInt(name)) : named(name);
    while (end < path.length()) {
      boolean dot = path.charAt(end) == '.';
      int next = end + 1;
      while (next < path.length()
          && (dot
              ? path.charAt(next) != '.' && path.charAt(next) != '['
              : path.charAt(next) != ']')) {
        next++;
      }
      String key = path.substring(end + 1, next);
      Object index = isNumber(key) && !dot ? Long.valueOf(key) : Text.trusted(key);
      value = dot ? Attributes.attribute(value, (Text) index, r) : Attributes.item(value, index, r);
      end = dot ? next : next + 1;
    }
    return value;
  }

  private static boolean isNumber(String name) {
    return !name.isEmpty() && name.length() < 9 && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private Object at(int place) {
    if (place >= arguments.count()) {
      throw new Fault(
          "the format string needs argument " + place + ", but there are " + arguments.count());
    }
    return arguments.positional().get(place);
  }

  private Object named(String name) {
    if (!arguments.named().containsKey(name)) {
      throw new Fault("the format string needs an argument '" + name + "'");
    }
    return arguments.named().get(name);
  }
}
