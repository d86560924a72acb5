package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.PackedStrings;
import dev.tangram.kernel.Format;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Streams a GGUF v3 file: first all pairs and tensors are declared, then {@link #data} takes the
 * tensors' bytes in the order of declaration, in pieces of any size. Holds the header in memory,
 * never a tensor. Used by one thread.
 *
 * <pre>{@code
 * try (GgufWriter out = GgufWriter.create(path)) {
 *   out.metadata(source).integer("general.file_type", 7).tensor("w", Format.Q8_0, 896, 4864);
 *   out.data(rows);
 * }
 * }</pre>
 */
public final class GgufWriter implements Closeable {
  private record Info(String name, Format format, long[] shape, long bytes) {}

  private final LittleEndianOutput out;
  private final Map<String, Object> pairs = new LinkedHashMap<>();
  private final Map<String, Info> tensors = new LinkedHashMap<>();
  private final List<Info> order = new ArrayList<>();
  private int alignment = Limits.ALIGNMENT_DEFAULT;
  private boolean headerWritten;

  /** Index in {@code order} of the tensor that takes the next bytes. */
  private int current;

  private long written;

  /** Writes to a channel, which {@link #close} closes. */
  public GgufWriter(WritableByteChannel channel) {
    this.out = new LittleEndianOutput(channel);
  }

  /** Writes to a file that must not exist yet. */
  public static GgufWriter create(Path path) throws IOException {
    return new GgufWriter(
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /** Takes over all pairs of a file, with their types; pairs of the same key are replaced. */
  public GgufWriter metadata(GgufMetadata source) {
    source.stored().forEach(this::put);
    if (source.has(GgufHeader.ALIGNMENT)) {
      alignment = source.integer(GgufHeader.ALIGNMENT, Limits.ALIGNMENT_MIN, Limits.ALIGNMENT_MAX);
    }
    return this;
  }

  /**
   * A u32, or the narrowest of i32, u64 and i64 that holds the value; u32 is what readers expect of
   * a count.
   */
  public GgufWriter integer(String key, long value) {
    ValueType type = ValueType.I64;
    if (value >= 0) {
      type = value <= 0xFFFF_FFFFL ? ValueType.U32 : ValueType.U64;
    } else if (value == (int) value) {
      type = ValueType.I32;
    }
    return put(key, new Scalar(type, value));
  }

  /** An f32. */
  public GgufWriter number(String key, float value) {
    return put(key, new Scalar(ValueType.F32, value));
  }

  public GgufWriter flag(String key, boolean value) {
    return put(key, new Scalar(ValueType.BOOL, value));
  }

  public GgufWriter string(String key, String value) {
    return put(key, value);
  }

  public GgufWriter strings(String key, List<String> values) {
    return put(key, PackedStrings.of(values));
  }

  /** An array of i32. */
  public GgufWriter integers(String key, int... values) {
    return put(key, PackedNumbers.of(values));
  }

  /** An array of f32. */
  public GgufWriter numbers(String key, float... values) {
    return put(key, PackedNumbers.of(values));
  }

  /** The data section's alignment: a power of two from 8 to 65536; 32 if never called. */
  public GgufWriter alignment(int bytes) {
    if (bytes < Limits.ALIGNMENT_MIN
        || bytes > Limits.ALIGNMENT_MAX
        || Integer.bitCount(bytes) != 1) {
      throw new IllegalArgumentException(
          "alignment must be a power of two from 8 to 65536, found " + bytes);
    }
    alignment = bytes;
    return integer(GgufHeader.ALIGNMENT, bytes);
  }

  /** Any value that {@link GgufMetadata#stored} may hold. */
  GgufWriter put(String key, Object stored) {
    declaring();
    pairs.put(key, stored);
    return this;
  }

  /**
   * Declares the next tensor.
   *
   * @param shape in file order: shape[0] is the contiguous dimension and a multiple of the format's
   *     block length
   */
  public GgufWriter tensor(String name, Format format, long... shape) {
    declaring();
    if (shape.length < 1
        || shape.length > Limits.DIMENSIONS_MAX
        || LongStream.of(shape).anyMatch(d -> d < 1)) {
      throw new IllegalArgumentException(
          "tensor %s has 1 to 4 dimensions of at least 1".formatted(name));
    }
    if (shape[0] % format.blockLength() != 0) {
      throw new IllegalArgumentException(
          "tensor %s: rows of %d are no multiple of %d, the block of %s"
              .formatted(name, shape[0], format.blockLength(), format));
    }
    long blocks = shape[0] / format.blockLength();
    for (int d = 1; d < shape.length; d++) {
      blocks = Math.multiplyExact(blocks, shape[d]);
    }
    Info info =
        new Info(
            name, format, shape.clone(), Math.multiplyExact(blocks, (long) format.blockBytes()));
    if (tensors.putIfAbsent(name, info) != null) {
      throw new IllegalArgumentException("tensor %s is declared twice".formatted(name));
    }
    order.add(info);
    return this;
  }

  /**
   * The next bytes of the tensor whose turn it is; the piece may end, but not pass, that tensor.
   */
  public GgufWriter data(MemorySegment bytes) throws IOException {
    writeHeader();
    if (current == order.size()) {
      throw new IllegalStateException(
          "all %d declared tensors are written".formatted(order.size()));
    }
    Info tensor = order.get(current);
    if (bytes.byteSize() > tensor.bytes() - written) {
      throw new IllegalArgumentException(
          "%d bytes given to tensor %s, which takes %d more"
              .formatted(bytes.byteSize(), tensor.name(), tensor.bytes() - written));
    }
    // By way of a small array, since only some segments can be seen as a ByteBuffer.
    byte[] piece = new byte[(int) Math.min(64 << 10, bytes.byteSize())];
    for (long at = 0; at < bytes.byteSize(); at += piece.length) {
      int length = (int) Math.min(piece.length, bytes.byteSize() - at);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, piece, 0, length);
      out.bytes(ByteBuffer.wrap(piece, 0, length));
    }
    written += bytes.byteSize();
    if (written == tensor.bytes()) {
      out.pad(alignment);
      current++;
      written = 0;
    }
    return this;
  }

  /**
   * Writes what is buffered and closes the channel.
   *
   * @throws IllegalStateException if a declared tensor lacks bytes: the file is then of no use
   */
  @Override
  public void close() throws IOException {
    try (out) {
      writeHeader();
    }
    if (current < order.size()) {
      Info tensor = order.get(current);
      throw new IllegalStateException(
          "tensor %s has %d of %d bytes".formatted(tensor.name(), written, tensor.bytes()));
    }
  }

  private void declaring() {
    if (headerWritten) {
      throw new IllegalStateException("the header is already written");
    }
  }

  private void writeHeader() throws IOException {
    if (headerWritten) {
      return;
    }
    headerWritten = true;
    out.u32(GgufHeader.MAGIC);
    out.u32(GgufHeader.VERSION);
    out.u64(order.size());
    out.u64(pairs.size());
    for (Map.Entry<String, Object> pair : pairs.entrySet()) {
      out.string(pair.getKey());
      writeTyped(pair.getValue());
    }
    long offset = 0;
    for (Info tensor : order) {
      out.string(tensor.name());
      out.u32(tensor.shape().length);
      for (long size : tensor.shape()) {
        out.u64(size);
      }
      out.u32(TensorTypes.id(tensor.format()));
      out.u64(offset);
      offset = Math.addExact(offset, tensor.bytes() + alignment - 1) & -alignment;
    }
    out.pad(alignment);
  }

  private void writeTyped(Object stored) throws IOException {
    switch (stored) {
      case Scalar scalar -> {
        out.u32(scalar.type().ordinal());
        out.number(scalar.bits(), scalar.type().leastBytes());
      }
      case String text -> {
        out.u32(ValueType.STRING.ordinal());
        out.string(text);
      }
      case List<?> array -> {
        out.u32(ValueType.ARRAY.ordinal());
        writeArray(array);
      }
      default -> throw new IllegalArgumentException("no value of GGUF: " + stored);
    }
  }

  private void writeArray(List<?> array) throws IOException {
    ValueType item =
        switch (array) {
          case PackedNumbers numbers -> numbers.type();
          case PackedStrings _ -> ValueType.STRING;
          default -> ValueType.ARRAY;
        };
    out.u32(item.ordinal());
    out.u64(array.size());
    switch (array) {
      case PackedNumbers numbers -> out.bytes(ByteBuffer.wrap(numbers.bytes()));
      case PackedStrings strings -> out.bytes(ByteBuffer.wrap(strings.bytes()));
      default -> {
        for (Object inner : array) {
          writeArray((List<?>) inner);
        }
      }
    }
  }
}
