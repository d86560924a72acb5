package dev.tangram.engine.file.hf;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.file.safetensors.DataType;
import dev.tangram.engine.file.safetensors.SafetensorsBytes;
import dev.tangram.engine.file.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A golden checkpoint in memory, to be altered and written again. */
final class Draft {
  record Entry(DataType type, long[] shape, byte[] data) {
    float[] floats() {
      float[] values = new float[data.length / 4];
      ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return values;
    }
  }

  private static final ObjectMapper MAPPER = new ObjectMapper();

  ObjectNode config;
  final Map<String, Entry> tensors = new LinkedHashMap<>();

  static Draft of(String name) {
    Draft draft = new Draft();
    Path folder = HfGoldenTest.folder(name);
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
      draft.config = (ObjectNode) MAPPER.readTree(folder.resolve("config.json").toFile());
      file.tensors()
          .values()
          .forEach(
              t ->
                  draft.tensors.put(
                      t.name(),
                      new Entry(
                          t.type(),
                          t.shape().stream().mapToLong(Long::longValue).toArray(),
                          file.data(t).toArray(ValueLayout.JAVA_BYTE))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return draft;
  }

  /** Sets a member of config.json; the value is JSON. */
  Draft config(String name, String json) {
    try {
      config.set(name, MAPPER.readTree(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Draft put(String name, DataType type, byte[] data, long... shape) {
    tensors.put(name, new Entry(type, shape, data));
    return this;
  }

  Path write(Path folder) {
    SafetensorsBytes file = new SafetensorsBytes();
    tensors.forEach((name, t) -> file.tensor(name, t.type(), t.data(), t.shape()));
    write(folder.resolve("config.json"), config.toString().getBytes());
    write(folder.resolve("model.safetensors"), file.bytes());
    return folder;
  }

  /** In some files and an index. */
  Path writeSharded(Path folder, int count) {
    List<SafetensorsBytes> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(new SafetensorsBytes());
    }
    ObjectNode index = MAPPER.createObjectNode();
    index.putObject("metadata").put("total_size", 1);
    ObjectNode map = index.putObject("weight_map");
    int next = 0;
    for (Map.Entry<String, Entry> each : tensors.entrySet()) {
      Entry t = each.getValue();
      int at = next++ % count;
      files.get(at).tensor(each.getKey(), t.type(), t.data(), t.shape());
      map.put(each.getKey(), shard(at, count));
    }
    for (int i = 0; i < count; i++) {
      write(folder.resolve(shard(i, count)), files.get(i).bytes());
    }
    write(folder.resolve("config.json"), config.toString().getBytes());
    write(folder.resolve("model.safetensors.index.json"), index.toString().getBytes());
    return folder;
  }

  static String shard(int at, int count) {
    return "model-%05d-of-%05d.safetensors".formatted(at + 1, count);
  }

  static void write(Path path, byte[] bytes) {
    try {
      Files.write(path, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
