package dev.tangram.engine.file.json;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.Show;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A JSON object in memory whose accessors check type and range. A member that is null counts as
 * absent, as in every writer of such files. Errors name the file and the member with the way to it.
 */
public final class JsonObject {
  private final String file;
  private final String path;
  private final Map<String, Object> members;

  private JsonObject(String file, String path, Map<String, Object> members) {
    this.file = file;
    this.path = path;
    this.members = members;
  }

  /** An object without members. */
  public static JsonObject empty(String file) {
    return of(file, "", Map.of());
  }

  /**
   * An object of members that were read one by one.
   *
   * @param path the way from the document to it
   * @param members values as {@link #value(JsonReader, String)} gives them
   */
  public static JsonObject of(String file, String path, Map<String, Object> members) {
    return new JsonObject(file, path, Collections.unmodifiableMap(members));
  }

  /** Parses a whole document, which must be an object; a name twice is refused. */
  public static JsonObject parse(byte[] bytes, String file) {
    JsonReader in = new JsonReader(bytes, file, 0);
    JsonObject object = read(in, "");
    in.end();
    return object;
  }

  /** Reads the object that comes next. */
  public static JsonObject read(JsonReader in, String path) {
    Map<String, Object> members = new LinkedHashMap<>();
    in.beginObject();
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      String below = path.isEmpty() ? shortened(name) : tail(path) + "." + shortened(name);
      if (members.containsKey(name)) {
        throw new ModelFormatException(in.file(), below, "a second member", "each name once");
      }
      members.put(name, value(in, below));
    }
    return new JsonObject(in.file(), path, Collections.unmodifiableMap(members));
  }

  /** Reads any value: JsonObject, List, String, Long, Double, Boolean or null. */
  public static Object value(JsonReader in, String path) {
    return switch (in.peek()) {
      case OBJECT -> read(in, path);
      case ARRAY -> {
        List<Object> list = new ArrayList<>();
        in.beginArray();
        while (in.hasNext()) {
          list.add(value(in, tail(path) + "[]"));
        }
        yield Collections.unmodifiableList(list);
      }
      case STRING -> in.string();
      case NUMBER -> in.number();
      case BOOLEAN -> in.flag();
      case NULL -> {
        in.nothing();
        yield null;
      }
    };
  }

  private static String tail(String path) {
    return path.length() <= 100 ? path : "..." + path.substring(path.length() - 60);
  }

  /** Long names and ways would make messages of any length. */
  private static String shortened(String name) {
    String quoted = Show.quoted(name.length() > 40 ? name.substring(0, 40) : name);
    return quoted.substring(1, quoted.length() - 1);
  }

  public String file() {
    return file;
  }

  /** The way from the document to the member, as messages show it. */
  public String path(String name) {
    return path.isEmpty() ? shortened(name) : path + "." + shortened(name);
  }

  public boolean has(String name) {
    return members.get(name) != null;
  }

  public Set<String> names() {
    return members.keySet();
  }

  /** The member as it is, null if absent. */
  public Object value(String name) {
    return members.get(name);
  }

  public Optional<JsonObject> object(String name) {
    return Optional.ofNullable(typed(name, JsonObject.class, "an object"));
  }

  public Optional<String> string(String name) {
    return Optional.ofNullable(typed(name, String.class, "a string"));
  }

  public boolean flag(String name, boolean otherwise) {
    Boolean flag = typed(name, Boolean.class, "true or false");
    return flag == null ? otherwise : flag;
  }

  @SuppressWarnings("unchecked") // an array's elements are Objects
  public Optional<List<Object>> list(String name) {
    return Optional.ofNullable((List<Object>) typed(name, List.class, "an array"));
  }

  /** A whole number that must be there. */
  public int integer(String name, int least, int most) {
    String allowed = "a whole number from %d to %d".formatted(least, most);
    Object value = members.get(name);
    if (value instanceof Long number && number >= least && number <= most) {
      return number.intValue();
    }
    // transformers 5 writes some counts as 64.0.
    if (value instanceof Double number
        && number >= least
        && number <= most
        && number == Math.rint(number)) {
      return number.intValue();
    }
    throw wrong(name, allowed);
  }

  public int integer(String name, int least, int most, int otherwise) {
    return has(name) ? integer(name, least, most) : otherwise;
  }

  /** A number from {@code least} to {@code most} that must be there. */
  public double number(String name, double least, double most) {
    if (members.get(name) instanceof Number number
        && number.doubleValue() >= least
        && number.doubleValue() <= most) {
      return number.doubleValue();
    }
    throw wrong(name, "a number from %s to %s".formatted(least, most));
  }

  public double number(String name, double least, double most, double otherwise) {
    return has(name) ? number(name, least, most) : otherwise;
  }

  /** What refuses a member. */
  public ModelFormatException wrong(String name, String allowed) {
    return new ModelFormatException(file, path(name), describe(members.get(name)), allowed);
  }

  /** A value as messages show it. */
  public static String describe(Object value) {
    return switch (value) {
      case null -> "nothing";
      case String text -> Show.quoted(text);
      case List<?> list when list.size() <= 8 && list.stream().allMatch(Long.class::isInstance) ->
          list.toString();
      case List<?> list -> "an array of " + list.size();
      case JsonObject object -> "an object of " + object.members.size() + " members";
      default -> value.toString();
    };
  }

  private <T> T typed(String name, Class<T> type, String allowed) {
    Object value = members.get(name);
    if (value != null && !type.isInstance(value)) {
      throw wrong(name, allowed);
    }
    return type.cast(value);
  }
}
