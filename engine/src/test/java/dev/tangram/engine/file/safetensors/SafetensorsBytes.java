package dev.tangram.engine.file.safetensors;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Writes small safetensors files, sound ones and, by {@link #raw}, any other. */
public final class SafetensorsBytes {
  private record Entry(DataType type, long[] shape, byte[] data) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  public SafetensorsBytes tensor(String name, DataType type, byte[] data, long... shape) {
    entries.put(name, new Entry(type, shape, data));
    return this;
  }

  public SafetensorsBytes f32(String name, float[] values, long... shape) {
    return tensor(name, DataType.F32, floats(values), shape);
  }

  public byte[] bytes() {
    StringBuilder json = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    entries.forEach(
        (name, entry) -> {
          long begin = data.size();
          data.writeBytes(entry.data());
          json.append(
              ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                  .formatted(
                      name,
                      entry.type(),
                      LongStream.of(entry.shape())
                          .mapToObj(Long::toString)
                          .collect(Collectors.joining(",")),
                      begin,
                      data.size()));
        });
    return raw(json.append('}').toString(), data.toByteArray());
  }

  /** A file of this header text and data. */
  public static byte[] raw(String json, byte[] data) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .put(data)
        .array();
  }

  public static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
