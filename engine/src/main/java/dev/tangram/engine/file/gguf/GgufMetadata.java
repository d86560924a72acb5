package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.PackedStrings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pairs of a GGUF header. Immutable, and valid after the file is closed. In {@link #value} an
 * integer above the range of long appears as its decimal digits.
 */
public final class GgufMetadata implements Metadata {
  private final String file;

  /** Scalar, String, PackedStrings, PackedNumbers, or List of the last three. */
  private final Map<String, Object> pairs;

  GgufMetadata(String file, Map<String, Object> pairs) {
    this.file = file;
    this.pairs = pairs;
  }

  @Override
  public boolean has(String key) {
    return pairs.containsKey(key);
  }

  @Override
  public Set<String> keys() {
    return Collections.unmodifiableSet(pairs.keySet());
  }

  @Override
  public Object value(String key) {
    return display(pairs.get(key));
  }

  @Override
  public String string(String key) {
    return required(key, "a string") instanceof String text ? text : wrong(key, "a string");
  }

  @Override
  public String string(String key, String otherwise) {
    return has(key) ? string(key) : otherwise;
  }

  @Override
  public int integer(String key, int least, int most) {
    Object value = required(key, "an integer from %d to %d".formatted(least, most));
    if (value instanceof Scalar(_, Long number) && number >= least && number <= most) {
      return number.intValue();
    }
    return wrong(key, "an integer from %d to %d".formatted(least, most));
  }

  @Override
  public int integer(String key, int least, int most, int otherwise) {
    return has(key) ? integer(key, least, most) : otherwise;
  }

  @Override
  public float number(String key) {
    return switch (required(key, "a finite number")) {
      case Scalar(_, Float number) when Float.isFinite(number) -> number;
      case Scalar(_, Double number) when Float.isFinite(number.floatValue()) -> number.floatValue();
      default -> wrong(key, "a finite f32 or f64");
    };
  }

  @Override
  public float number(String key, float otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  @Override
  public boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    return pairs.get(key) instanceof Scalar(_, Boolean flag) ? flag : wrong(key, "a boolean");
  }

  @Override
  public List<String> strings(String key) {
    return required(key, "an array of strings") instanceof PackedStrings strings
        ? strings
        : wrong(key, "an array of strings");
  }

  @Override
  public int[] integers(String key) {
    if (!(required(key, "an array of integers") instanceof PackedNumbers numbers
        && numbers.type().isInteger())) {
      return wrong(key, "an array of integers");
    }
    int[] integers = new int[numbers.size()];
    for (int i = 0; i < integers.length; i++) {
      long value = numbers.integer(i);
      if (value != (int) value) {
        throw new ModelFormatException(
            file,
            "%s, element %d".formatted(key, i),
            numbers.get(i).toString(),
            "-2147483648 to 2147483647");
      }
      integers[i] = (int) value;
    }
    return integers;
  }

  @Override
  public float[] numbers(String key) {
    if (!(required(key, "an array of numbers") instanceof PackedNumbers numbers
        && (numbers.type() == ValueType.F32 || numbers.type() == ValueType.F64))) {
      return wrong(key, "an array of f32 or f64");
    }
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers.real(i);
      if (!Float.isFinite(floats[i])) {
        throw new ModelFormatException(
            file, "%s, element %d".formatted(key, i), numbers.get(i).toString(), "a finite number");
      }
    }
    return floats;
  }

  @Override
  public Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    pairs.forEach((key, value) -> map.put(key, display(value)));
    return Collections.unmodifiableMap(map);
  }

  /** The pairs as they are stored, for a writer. */
  Map<String, Object> stored() {
    return pairs;
  }

  private static Object display(Object stored) {
    return stored instanceof Scalar scalar ? scalar.display() : stored;
  }

  private Object required(String key, String allowed) {
    Object value = pairs.get(key);
    if (value == null) {
      throw new ModelFormatException(file, key, "nothing", allowed);
    }
    return value;
  }

  private <T> T wrong(String key, String allowed) {
    throw new ModelFormatException(file, key, describe(pairs.get(key)), allowed);
  }

  private static String describe(Object value) {
    return switch (value) {
      case String text -> "the string " + Show.quoted(text);
      case PackedStrings strings -> "an array of %d strings".formatted(strings.size());
      case PackedNumbers numbers -> "an array of %d %s".formatted(numbers.size(), numbers.type());
      case List<?> arrays -> "an array of %d arrays".formatted(arrays.size());
      case Scalar scalar -> scalar.display().toString();
      default -> throw new IllegalStateException("no stored value: " + value);
    };
  }
}
