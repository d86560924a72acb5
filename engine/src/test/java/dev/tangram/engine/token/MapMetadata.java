package dev.tangram.engine.token;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Metadata from a map, for tests: values are Long, Double, Boolean, String or List of these. */
public final class MapMetadata implements Metadata {
  static final String FILE = "small.gguf";

  private final Map<String, Object> pairs;

  public MapMetadata(Map<String, Object> pairs) {
    this.pairs = new LinkedHashMap<>(pairs);
  }

  MapMetadata with(String key, Object value) {
    MapMetadata copy = new MapMetadata(pairs);
    copy.pairs.put("tokenizer.ggml." + key, value);
    return copy;
  }

  MapMetadata without(String key) {
    MapMetadata copy = new MapMetadata(pairs);
    copy.pairs.remove("tokenizer.ggml." + key);
    return copy;
  }

  @Override
  public boolean has(String key) {
    return pairs.containsKey(key);
  }

  @Override
  public Set<String> keys() {
    return pairs.keySet();
  }

  @Override
  public Object value(String key) {
    return pairs.get(key);
  }

  @Override
  public String string(String key) {
    return (String) present(key);
  }

  @Override
  public String string(String key, String otherwise) {
    return has(key) ? string(key) : otherwise;
  }

  @Override
  public int integer(String key, int least, int most) {
    long value = (Long) present(key);
    if (value < least || value > most) {
      throw new ModelFormatException(FILE, key, Long.toString(value), least + " to " + most);
    }
    return (int) value;
  }

  @Override
  public int integer(String key, int least, int most, int otherwise) {
    return has(key) ? integer(key, least, most) : otherwise;
  }

  @Override
  public float number(String key) {
    return ((Double) present(key)).floatValue();
  }

  @Override
  public float number(String key, float otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  @Override
  public boolean flag(String key, boolean otherwise) {
    return has(key) ? (Boolean) present(key) : otherwise;
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<String> strings(String key) {
    return (List<String>) present(key);
  }

  @Override
  public int[] integers(String key) {
    return ((List<?>) present(key)).stream().mapToInt(v -> ((Number) v).intValue()).toArray();
  }

  @Override
  public float[] numbers(String key) {
    List<?> list = (List<?>) present(key);
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = ((Number) list.get(i)).floatValue();
    }
    return numbers;
  }

  @Override
  public Map<String, Object> asMap() {
    return pairs;
  }

  private Object present(String key) {
    if (!has(key)) {
      throw new ModelFormatException(FILE, key, "nothing", "a value");
    }
    return pairs.get(key);
  }
}
