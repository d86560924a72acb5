package dev.tangram.engine.file.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the key-value pairs of a header. */
final class ValueReader {
  private final HeaderReader in;

  ValueReader(HeaderReader in) {
    this.in = in;
  }

  /** {@code count} pairs, in file order. */
  Map<String, Object> pairs(int count) {
    Map<String, Object> pairs = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      in.enter("pair", i);
      long at = in.position();
      String key = in.name("key", Limits.KEY_BYTES_MAX);
      Object value = value(key, type("value type"), 0);
      if (pairs.putIfAbsent(key, value) != null) {
        throw in.bad(at, "key", "a second pair of this key", "each key once");
      }
    }
    return pairs;
  }

  private ValueType type(String field) {
    long at = in.position();
    int id = in.u32(field);
    ValueType type = ValueType.byId(id);
    if (type == null) {
      throw in.bad(at, field, Integer.toUnsignedString(id), "0 to 12");
    }
    return type;
  }

  private Object value(String key, ValueType type, int depth) {
    return switch (type) {
      case STRING -> in.string("value", Limits.stringBytes(key));
      case ARRAY -> array(key, depth + 1);
      case U8, I8, U16, I16, U32, I32, F32, BOOL, U64, I64, F64 -> {
        long at = in.position();
        byte[] bytes = in.bytes("value", type.leastBytes());
        checkFlags(type, bytes, at);
        yield new PackedNumbers(type, bytes).scalar(0);
      }
    };
  }

  private List<?> array(String key, int depth) {
    if (depth > Limits.NESTING_MAX) {
      throw in.bad(
          in.position(),
          "array",
          "arrays nested deeper",
          "a depth of at most " + Limits.NESTING_MAX);
    }
    ValueType item = type("item type");
    int count = in.count("array length", Limits.elements(key), item.leastBytes());
    return switch (item) {
      case STRING -> in.strings("array", count, Limits.stringBytes(key));
      case ARRAY -> {
        List<Object> arrays = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          arrays.add(array(key, depth + 1));
        }
        yield Collections.unmodifiableList(arrays);
      }
      case U8, I8, U16, I16, U32, I32, F32, BOOL, U64, I64, F64 -> {
        long at = in.position();
        byte[] bytes = in.bytes("array", (long) count * item.leastBytes());
        checkFlags(item, bytes, at);
        yield new PackedNumbers(item, bytes);
      }
    };
  }

  private void checkFlags(ValueType type, byte[] bytes, long at) {
    if (type == ValueType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] != 0 && bytes[i] != 1) {
          throw in.bad(at + i, "boolean", Integer.toString(bytes[i] & 0xFF), "0 or 1");
        }
      }
    }
  }
}
