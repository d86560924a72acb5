package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.PackedStrings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects pairs that no GGUF file holds yet, with the types that a GGUF file gives them: so what
 * was another format reads, shows and is written like GGUF. Used by one thread.
 */
public final class MetadataBuilder {
  private final String file;
  private final Map<String, Object> pairs = new LinkedHashMap<>();

  /**
   * @param file the name that errors carry
   */
  public MetadataBuilder(String file) {
    this.file = file;
  }

  /** A u32. */
  public MetadataBuilder integer(String key, int value) {
    if (value < 0) {
      throw new IllegalArgumentException("%s must not be negative, found %d".formatted(key, value));
    }
    return put(key, new Scalar(ValueType.U32, (long) value));
  }

  /** An f32. */
  public MetadataBuilder number(String key, float value) {
    return put(key, new Scalar(ValueType.F32, value));
  }

  public MetadataBuilder flag(String key, boolean value) {
    return put(key, new Scalar(ValueType.BOOL, value));
  }

  public MetadataBuilder string(String key, String value) {
    return put(key, value);
  }

  public MetadataBuilder strings(String key, List<String> values) {
    return put(key, PackedStrings.of(values));
  }

  /** An array of i32. */
  public MetadataBuilder integers(String key, int... values) {
    return put(key, PackedNumbers.of(values));
  }

  /** An array of f32. */
  public MetadataBuilder numbers(String key, float... values) {
    return put(key, PackedNumbers.of(values));
  }

  /** The pairs so far. */
  public GgufMetadata build() {
    return new GgufMetadata(file, new LinkedHashMap<>(pairs));
  }

  private MetadataBuilder put(String key, Object stored) {
    pairs.put(key, stored);
    return this;
  }
}
