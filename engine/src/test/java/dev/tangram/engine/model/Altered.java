package dev.tangram.engine.model;

import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.engine.file.gguf.GgufWriter;
import dev.tangram.kernel.Format;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** A copy of a golden model with lies in it: well formed as a file, wrong as a model. */
public final class Altered {
  private record Content(Format format, long[] shape, byte[] bytes) {}

  private final Path original;
  private final Map<String, Content> tensors = new LinkedHashMap<>();
  private Consumer<GgufWriter> pairs = out -> {};

  public Altered(String name) {
    original = Golden.file(name);
    try (GgufFile file = GgufFile.open(original)) {
      for (Tensor tensor : file.tensors().values()) {
        long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        tensors.put(
            tensor.name(),
            new Content(tensor.format(), shape, file.data(tensor).toArray(ValueLayout.JAVA_BYTE)));
      }
    }
  }

  /** Sets pairs; those of the same key are replaced. */
  public Altered pairs(Consumer<GgufWriter> more) {
    pairs = pairs.andThen(more);
    return this;
  }

  Altered without(String tensor) {
    if (tensors.remove(tensor) == null) {
      throw new IllegalArgumentException("no tensor " + tensor);
    }
    return this;
  }

  /** Removes the tensors whose names begin so. */
  Altered withoutAll(String prefix) {
    if (!tensors.keySet().removeIf(name -> name.startsWith(prefix))) {
      throw new IllegalArgumentException("no tensor " + prefix);
    }
    return this;
  }

  /** Adds or replaces a tensor of zeros. */
  Altered zeros(String tensor, Format format, long... shape) {
    long elements = LongStream.of(shape).reduce(1, Math::multiplyExact);
    int bytes = Math.toIntExact(elements / format.blockLength() * format.blockBytes());
    tensors.put(tensor, new Content(format, shape, new byte[bytes]));
    return this;
  }

  /** The same bytes under another shape. */
  Altered reshaped(String tensor, long... shape) {
    tensors.compute(tensor, (name, old) -> new Content(old.format(), shape, old.bytes()));
    return this;
  }

  /** The numbers of an F32 tensor. */
  float[] floats(String tensor) {
    byte[] bytes = tensors.get(tensor).bytes();
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** Adds or replaces an F32 tensor. */
  Altered floats(String tensor, float[] values, long... shape) {
    byte[] bytes = new byte[values.length * 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    tensors.put(tensor, new Content(Format.F32, shape, bytes));
    return this;
  }

  /** Overwrites one float of an F32 tensor. */
  Altered element(String tensor, int index, float value) {
    ByteBuffer.wrap(tensors.get(tensor).bytes())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(4 * index, value);
    return this;
  }

  /** Overwrites one 16-bit number. */
  Altered half(String tensor, int offset, int bits) {
    ByteBuffer.wrap(tensors.get(tensor).bytes())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(offset, (short) bits);
    return this;
  }

  public GgufFile write(Path folder) throws IOException {
    Path path = folder.resolve("altered-" + System.nanoTime() + ".gguf");
    try (GgufFile file = GgufFile.open(original);
        GgufWriter out = GgufWriter.create(path)) {
      out.metadata(file.metadata());
      pairs.accept(out);
      tensors.forEach((name, content) -> out.tensor(name, content.format(), content.shape()));
      for (Content content : tensors.values()) {
        out.data(MemorySegment.ofArray(content.bytes()));
      }
    }
    return GgufFile.open(path);
  }
}
