package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.Show;
import dev.tangram.engine.file.json.JsonFiles;
import dev.tangram.engine.file.json.JsonObject;
import dev.tangram.engine.file.safetensors.SafetensorsFile;
import dev.tangram.engine.file.safetensors.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The weights of a folder: one safetensors file, or several and an index of what is in which. */
final class Checkpoint implements AutoCloseable {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  private static final long INDEX_BYTES_MAX = 100_000_000;
  private static final int SHARDS_MAX = 4096;

  /** A tensor and the file that it is in. */
  record Part(SafetensorsFile file, StoredTensor tensor) {
    MemorySegment data() {
      return file.data(tensor);
    }
  }

  private final Path folder;
  private final List<SafetensorsFile> files;
  private final Map<String, Part> parts;

  private Checkpoint(Path folder, List<SafetensorsFile> files, Map<String, Part> parts) {
    this.folder = folder;
    this.files = files;
    this.parts = parts;
  }

  /** Opens all files of a folder and holds them against its index, if it has one. */
  static Checkpoint open(Path folder) {
    List<SafetensorsFile> files = new ArrayList<>();
    try {
      return open(folder, files);
    } catch (RuntimeException | Error e) {
      files.forEach(SafetensorsFile::close);
      throw e;
    }
  }

  private static Checkpoint open(Path folder, List<SafetensorsFile> files) {
    Path index = folder.resolve(INDEX);
    Map<String, Part> parts = new LinkedHashMap<>();
    if (Files.exists(folder.resolve(SINGLE))) {
      add(folder, SINGLE, files, parts);
    } else if (Files.exists(index)) {
      Map<String, String> places = places(index);
      for (String shard : new TreeSet<>(places.values())) {
        add(folder, shard, files, parts);
      }
      checkPlaces(index, places, parts);
    } else {
      throw new ModelFormatException(
          folder.toString(),
          "weights",
          Files.exists(folder.resolve("pytorch_model.bin"))
              ? "pytorch_model.bin, a Python pickle, which is a program and is never run here"
              : "nothing",
          SINGLE + " or " + INDEX);
    }
    return new Checkpoint(folder, files, Collections.unmodifiableMap(parts));
  }

  private static void add(
      Path folder, String name, List<SafetensorsFile> files, Map<String, Part> parts) {
    SafetensorsFile file = SafetensorsFile.open(folder.resolve(name));
    files.add(file);
    for (StoredTensor tensor : file.tensors().values()) {
      Part first = parts.putIfAbsent(tensor.name(), new Part(file, tensor));
      if (first != null) {
        throw new ModelFormatException(
            file.path().toString(),
            "tensor " + Show.quoted(tensor.name()),
            "a second one, after that of " + first.file().path().getFileName(),
            "each name in one file");
      }
    }
  }

  /** The index's file for each tensor. */
  private static Map<String, String> places(Path index) {
    JsonObject json = JsonObject.parse(JsonFiles.read(index, INDEX_BYTES_MAX), index.toString());
    JsonObject map =
        json.object("weight_map")
            .orElseThrow(() -> json.wrong("weight_map", "an object of tensor names and files"));
    Map<String, String> places = new LinkedHashMap<>();
    Set<String> shards = new TreeSet<>();
    for (String tensor : map.names()) {
      String shard = map.string(tensor).orElseThrow(() -> map.wrong(tensor, "a file name"));
      // The index must not lead out of the folder.
      if (!shard.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,200}\\.safetensors")) {
        throw map.wrong(tensor, "the plain name of a .safetensors file");
      }
      places.put(tensor, shard);
      shards.add(shard);
    }
    if (shards.isEmpty() || shards.size() > SHARDS_MAX) {
      throw json.wrong("weight_map", "tensors in 1 to %d files".formatted(SHARDS_MAX));
    }
    for (String shard : shards) {
      if (!Files.exists(index.resolveSibling(shard))) {
        throw new ModelFormatException(
            index.toString(),
            "weight_map",
            "the file " + shard + ", which is missing",
            "files of this folder");
      }
    }
    return places;
  }

  private static void checkPlaces(Path index, Map<String, String> places, Map<String, Part> parts) {
    places.forEach(
        (tensor, shard) -> {
          Part part = parts.get(tensor);
          if (part == null || !part.file().path().getFileName().toString().equals(shard)) {
            throw new ModelFormatException(
                index.toString(),
                "weight_map, " + Show.quoted(tensor),
                shard + ", which has no such tensor",
                "the file that it is in");
          }
        });
    for (String tensor : parts.keySet()) {
      if (!places.containsKey(tensor)) {
        throw new ModelFormatException(
            parts.get(tensor).file().path().toString(),
            "tensor " + Show.quoted(tensor),
            "a tensor that the index leaves out",
            "only tensors of " + INDEX);
      }
    }
  }

  Path folder() {
    return folder;
  }

  /** The tensor of this name, or null. */
  Part find(String name) {
    return parts.get(name);
  }

  Set<String> names() {
    return parts.keySet();
  }

  /** All files together. */
  long bytes() {
    return files.stream().mapToLong(SafetensorsFile::bytes).sum();
  }

  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }
}
