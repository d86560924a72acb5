package dev.tangram.fleet.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of one group, read one by one, each in its range. Every complaint names file, line and
 * path.
 */
public final class Fields {
  private static final int LINE_MAX = 500;

  private final String file;
  private final String path;
  private final Node.Mapping mapping;

  Fields(String file, String path, Node.Mapping mapping) {
    this.file = file;
    this.path = path;
    this.mapping = mapping;
  }

  public String file() {
    return file;
  }

  public Set<String> names() {
    return mapping.fields().keySet();
  }

  public boolean has(String name) {
    Node.Field field = mapping.fields().get(name);
    return field != null && !(field.value() instanceof Node.Scalar scalar && scalar.isNull());
  }

  /** Refuses the first name that is not among these. */
  public void allowOnly(String... names) {
    Set<String> allowed = Set.of(names);
    for (String name : mapping.fields().keySet()) {
      if (!allowed.contains(name)) {
        throw new FleetFormatException(
            file,
            mapping.fields().get(name).line(),
            child(name),
            "an unknown field",
            String.join(", ", new TreeSet<>(allowed)));
      }
    }
  }

  /** A complaint about a field of this group; about the group itself if the field is missing. */
  public FleetFormatException wrong(String name, String found, String allowed) {
    Node.Field field = mapping.fields().get(name);
    int line = field == null ? mapping.line() : field.line();
    return new FleetFormatException(file, line, child(name), found, allowed);
  }

  /** Text that must be there and not be empty. */
  public String text(String name) {
    Node.Scalar scalar = scalar(name, "text");
    if (scalar.isNull() || scalar.text().isBlank()) {
      throw wrong(name, scalar.found(), "text");
    }
    return scalar.text().strip();
  }

  public Optional<String> optionalText(String name) {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  /** Text that must be there, without line breaks and of at most {@value #LINE_MAX} characters. */
  public String line(String name) {
    String text = text(name);
    if (text.length() > LINE_MAX || text.chars().anyMatch(Character::isISOControl)) {
      throw wrong(
          name, text.length() + " characters", "one line of at most " + LINE_MAX + " characters");
    }
    return text;
  }

  /** A whole number in its range. */
  public long integer(String name, long min, long max) {
    String allowed = "a whole number, %d to %d".formatted(min, max);
    Node.Scalar scalar = scalar(name, allowed);
    try {
      long value = Long.parseLong(scalar.text());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of range.
    }
    throw wrong(name, scalar.found(), allowed);
  }

  public long integer(String name, long min, long max, long otherwise) {
    return has(name) ? integer(name, min, max) : otherwise;
  }

  /** A number greater than {@code above}, at most {@code max}. */
  public double number(String name, double above, double max) {
    String allowed = "a number greater than %s, at most %s".formatted(plain(above), plain(max));
    Node.Scalar scalar = scalar(name, allowed);
    try {
      double value = Double.parseDouble(scalar.text());
      if (value > above && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of range.
    }
    throw wrong(name, scalar.found(), allowed);
  }

  public double number(String name, double above, double max, double otherwise) {
    return has(name) ? number(name, above, max) : otherwise;
  }

  private static String plain(double value) {
    return new java.math.BigDecimal(value).stripTrailingZeros().toPlainString();
  }

  public boolean flag(String name, boolean otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    Node.Scalar scalar = scalar(name, "true or false");
    return switch (scalar.text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(name, scalar.found(), "true or false");
    };
  }

  /** A group that must be there. */
  public Fields group(String name) {
    Node value = value(name, "a group of fields");
    if (value instanceof Node.Mapping group) {
      return new Fields(file, child(name), group);
    }
    throw wrong(name, value.found(), "a group of fields");
  }

  public Optional<Fields> optionalGroup(String name) {
    return has(name) ? Optional.of(group(name)) : Optional.empty();
  }

  /** Words in order; empty if the field is missing. */
  public List<String> words(String name) {
    List<String> words = new ArrayList<>();
    for (Node item : items(name)) {
      if (!(item instanceof Node.Scalar scalar) || scalar.isNull()) {
        throw new FleetFormatException(
            file, item.line(), child(name) + "[" + words.size() + "]", item.found(), "text");
      }
      words.add(scalar.text());
    }
    return List.copyOf(words);
  }

  /** Whole numbers in order, each in its range; empty if the field is missing. */
  public int[] integers(String name, int min, int max) {
    List<Node> items = items(name);
    int[] values = new int[items.size()];
    for (int i = 0; i < values.length; i++) {
      Node item = items.get(i);
      values[i] = integer(name + "[" + i + "]", item, min, max);
    }
    return values;
  }

  private int integer(String name, Node item, int min, int max) {
    if (item instanceof Node.Scalar scalar) {
      try {
        int value = Integer.parseInt(scalar.text());
        if (value >= min && value <= max) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Said below, as for a number out of range.
      }
    }
    throw new FleetFormatException(
        file,
        item.line(),
        child(name),
        item.found(),
        "a whole number, %d to %d".formatted(min, max));
  }

  /** Groups in order; empty if the field is missing. */
  public List<Fields> groups(String name) {
    List<Fields> groups = new ArrayList<>();
    for (Node item : items(name)) {
      String at = child(name) + "[" + groups.size() + "]";
      if (!(item instanceof Node.Mapping group)) {
        throw new FleetFormatException(file, item.line(), at, item.found(), "a group of fields");
      }
      groups.add(new Fields(file, at, group));
    }
    return List.copyOf(groups);
  }

  private List<Node> items(String name) {
    if (!has(name)) {
      return List.of();
    }
    Node value = value(name, "a list");
    if (value instanceof Node.Sequence sequence) {
      return sequence.items();
    }
    throw wrong(name, value.found(), "a list");
  }

  private Node.Scalar scalar(String name, String allowed) {
    Node value = value(name, allowed);
    if (value instanceof Node.Scalar scalar) {
      return scalar;
    }
    throw wrong(name, value.found(), allowed);
  }

  private Node value(String name, String allowed) {
    Node.Field field = mapping.fields().get(name);
    if (field == null) {
      throw wrong(name, "no such field", allowed);
    }
    return field.value();
  }

  private String child(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
