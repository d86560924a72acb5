package dev.tangram.engine.file;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model file's key-value pairs with checked types and ranges. Every accessor that finds a wrong
 * type, a value out of range or (where there is no default) no value throws {@link
 * ModelFormatException} naming file and key.
 */
public interface Metadata {
  boolean has(String key);

  Set<String> keys();

  /**
   * A value as Java sees it: Long, Double, Boolean, String or List of these; for display. Null if
   * absent.
   */
  Object value(String key);

  String string(String key);

  String string(String key, String otherwise);

  /** Any integer type of the file, in the closed range. */
  int integer(String key, int least, int most);

  int integer(String key, int least, int most, int otherwise);

  /** f32 or f64; must be finite. */
  float number(String key);

  float number(String key, float otherwise);

  boolean flag(String key, boolean otherwise);

  List<String> strings(String key);

  /** Integers of any width that fit int. */
  int[] integers(String key);

  float[] numbers(String key);

  /** All pairs in file order; long arrays as they are. For display. */
  Map<String, Object> asMap();
}
