package dev.tangram.engine.file.safetensors;

import dev.tangram.engine.file.Extent;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.ForeignContent;
import dev.tangram.engine.file.gguf.Show;
import dev.tangram.engine.file.json.JsonReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A checked header.
 *
 * <pre>
 *   0  u64 n, little-endian
 *   8  n bytes of JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
 * 8+n  the data; offsets count from here
 * </pre>
 */
record SafetensorsHeader(Map<String, StoredTensor> tensors, Map<String, String> metadata) {
  static final int LENGTH_BYTES = 8;

  /** The format's own limit. */
  static final long JSON_BYTES_MAX = 100_000_000;

  static final int TENSORS_MAX = 1 << 20;
  static final int NAME_LENGTH_MAX = 512;
  static final int DIMENSIONS_MAX = 8;
  private static final int HEAD_BYTES = 512;
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * Parses the header at the start of a file's bytes.
   *
   * @param file the name that errors carry
   */
  static SafetensorsHeader parse(MemorySegment bytes, String file) {
    long size = bytes.byteSize();
    if (size < LENGTH_BYTES + 2) {
      throw new ModelFormatException(
          file, "size", size + " bytes", "at least the 10 bytes of an empty safetensors file");
    }
    long length = bytes.get(U64, 0);
    boolean begins =
        Extent.fits(LENGTH_BYTES, length, size)
            && length <= JSON_BYTES_MAX
            && length >= 2
            && bytes.get(ValueLayout.JAVA_BYTE, LENGTH_BYTES) == '{';
    if (!begins) {
      throw new ModelFormatException(file, 0, "header length", found(bytes, length), allowed(size));
    }
    byte[] json = bytes.asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    return new Parser(new JsonReader(json, file, LENGTH_BYTES), size, LENGTH_BYTES + length)
        .header();
  }

  private static String found(MemorySegment bytes, long length) {
    byte[] head =
        bytes.asSlice(0, Math.min(HEAD_BYTES, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE);
    String looks = ForeignContent.looksLike(head);
    String digits = Long.toUnsignedString(length);
    return looks.contains("safetensors") ? digits : "%s (%s)".formatted(digits, looks);
  }

  private static String allowed(long size) {
    return "2 to %d, and then a JSON object".formatted(Math.min(JSON_BYTES_MAX, size - 8));
  }

  private static final class Parser {
    private final JsonReader in;
    private final String file;
    private final long size;
    private final long dataStart;
    private final List<StoredTensor> tensors = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private Map<String, String> metadata;

    Parser(JsonReader in, long size, long dataStart) {
      this.in = in;
      this.file = in.file();
      this.size = size;
      this.dataStart = dataStart;
    }

    SafetensorsHeader header() {
      in.beginObject();
      for (String name = in.nextName(); name != null; name = in.nextName()) {
        if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
          throw bad(name, name.length() + " characters", "a name of 1 to " + NAME_LENGTH_MAX);
        }
        if (!names.add(name)) {
          throw bad(name, "a second entry of this name", "each name once");
        }
        if (name.equals("__metadata__")) {
          metadata = strings();
        } else {
          if (tensors.size() == TENSORS_MAX) {
            throw bad(name, "more tensors", "at most " + TENSORS_MAX);
          }
          tensors.add(tensor(name));
        }
      }
      in.end();
      tensors.sort(
          Comparator.<StoredTensor>comparingLong(t -> t.extent().offset())
              .thenComparingLong(t -> t.extent().size()));
      checkLayout();
      Map<String, StoredTensor> byName = LinkedHashMap.newLinkedHashMap(tensors.size());
      tensors.forEach(t -> byName.put(t.name(), t));
      return new SafetensorsHeader(
          Collections.unmodifiableMap(byName), metadata == null ? Map.of() : metadata);
    }

    private Map<String, String> strings() {
      Map<String, String> strings = new LinkedHashMap<>();
      in.beginObject();
      for (String name = in.nextName(); name != null; name = in.nextName()) {
        strings.put(name, in.string());
      }
      return Collections.unmodifiableMap(strings);
    }

    private StoredTensor tensor(String name) {
      DataType type = null;
      List<Long> shape = null;
      List<Long> offsets = null;
      in.beginObject();
      for (String field = in.nextName(); field != null; field = in.nextName()) {
        boolean second =
            switch (field) {
              case "dtype" -> type != null;
              case "shape" -> shape != null;
              case "data_offsets" -> offsets != null;
              default ->
                  throw bad(name, "the member " + Show.quoted(field), "dtype, shape, data_offsets");
            };
        if (second) {
          throw bad(name, "a second " + field, "each member once");
        }
        switch (field) {
          case "dtype" -> type = type(name);
          case "shape" -> shape = numbers(name, field, DIMENSIONS_MAX);
          default -> offsets = numbers(name, field, 2);
        }
      }
      if (type == null || shape == null || offsets == null || offsets.size() != 2) {
        throw bad(name, "an entry with a part missing", "dtype, shape, two data_offsets");
      }
      return placed(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private StoredTensor placed(
        String name, DataType type, List<Long> shape, long begin, long end) {
      if (end < begin || !Extent.fits(begin, end - begin, size - dataStart)) {
        throw bad(
            name,
            "data_offsets [%d, %d]".formatted(begin, end),
            "an ordered pair within the %d bytes of data".formatted(size - dataStart));
      }
      long bytes = bytes(name, type, shape);
      if (bytes != end - begin) {
        throw bad(
            name,
            "%d bytes of data".formatted(end - begin),
            "%d, as %s %s needs".formatted(bytes, type, shape));
      }
      return new StoredTensor(name, type, shape, new Extent(dataStart + begin, bytes));
    }

    private long bytes(String name, DataType type, List<Long> shape) {
      long bytes = type.bytes();
      try {
        for (long dimension : shape) {
          bytes = Math.multiplyExact(bytes, dimension);
        }
      } catch (ArithmeticException e) {
        throw bad(name, "shape " + shape, "a size below 2^63 bytes");
      }
      return bytes;
    }

    private DataType type(String name) {
      String word = in.string();
      for (DataType type : DataType.values()) {
        if (type.name().equals(word)) {
          return type;
        }
      }
      throw bad(name, "dtype " + Show.quoted(word), "one of " + Arrays.toString(DataType.values()));
    }

    private List<Long> numbers(String name, String field, int most) {
      Long[] numbers = new Long[most];
      int count = 0;
      in.beginArray();
      while (in.hasNext()) {
        long number = in.integer(label(name) + " " + field);
        if (number < 0 || count == most) {
          throw bad(
              name,
              field + " with " + (number < 0 ? number : "more than " + most + " numbers"),
              "at most %d numbers from 0 on".formatted(most));
        }
        numbers[count++] = number;
      }
      return List.of(Arrays.copyOf(numbers, count));
    }

    /** The data must be covered once, in full: what is between tensors could hide anything. */
    private void checkLayout() {
      long end = dataStart;
      for (StoredTensor tensor : tensors) {
        Extent extent = tensor.extent();
        if (extent.offset() != end) {
          throw bad(
              tensor.name(),
              "data from byte %d of the file, %s"
                  .formatted(
                      extent.offset(),
                      extent.offset() < end ? "overlapping the tensor before it" : "behind a gap"),
              "byte " + end);
        }
        end = extent.end();
      }
      if (end != size) {
        throw new ModelFormatException(
            file, end, "end of file", (size - end) + " bytes after the last tensor", "none");
      }
    }

    private static String label(String name) {
      return "tensor " + Show.quoted(name);
    }

    private ModelFormatException bad(String name, String found, String allowed) {
      return new ModelFormatException(file, label(name), found, allowed);
    }
  }
}
