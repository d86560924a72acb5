package dev.tangram.engine.encoder;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.safetensors.DataType;
import dev.tangram.engine.file.safetensors.SafetensorsFile;
import dev.tangram.engine.file.safetensors.StoredTensor;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes an encoder's tensors out of a safetensors file, each checked for shape, type and finite
 * numbers. Names may stand under {@code bert.}.
 */
final class EncoderWeights {
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SafetensorsFile file;
  private final Kernels kernels;
  private final Arena arena;
  private final String prefix;
  private final Set<String> asked = new HashSet<>();
  private long packedBytes;

  EncoderWeights(SafetensorsFile file, Kernels kernels, Arena arena) {
    this.file = file;
    this.kernels = kernels;
    this.arena = arena;
    this.prefix =
        file.tensors().containsKey("bert.embeddings.word_embeddings.weight") ? "bert." : "";
  }

  /** W[rows, columns]. */
  Matrix matrix(String name, int rows, int columns) {
    StoredTensor tensor = tensor(name, List.of((long) rows, (long) columns));
    Matrix matrix = kernels.pack(format(tensor), rows, columns, file.data(tensor), arena);
    packedBytes += matrix.bytes();
    return matrix;
  }

  /** A vector of {@code length} floats. */
  float[] vector(String name, int length) {
    return floats(tensor(name, List.of((long) length)));
  }

  /** A small table of rows as floats: x[rows, columns]. */
  float[] table(String name, int rows, int columns) {
    return floats(tensor(name, List.of((long) rows, (long) columns)));
  }

  private float[] floats(StoredTensor tensor) {
    MemorySegment data = file.data(tensor);
    float[] values = new float[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (format(tensor)) {
            case F32 -> Float.intBitsToFloat(data.get(I32, 4L * i));
            case F16 -> Float.float16ToFloat(data.get(I16, 2L * i));
            default -> Float.intBitsToFloat(data.get(I16, 2L * i) << 16);
          };
    }
    packedBytes += 4L * values.length;
    return values;
  }

  private StoredTensor tensor(String plain, List<Long> shape) {
    String name = prefix + plain;
    asked.add(name);
    StoredTensor tensor = file.tensors().get(name);
    if (tensor == null || !tensor.shape().equals(shape)) {
      String found = tensor == null ? "nothing" : tensor.shape().toString();
      throw new ModelFormatException(
          file.path().toString(), name, found, "a tensor of shape " + shape);
    }
    checkFinite(tensor);
    return tensor;
  }

  private Format format(StoredTensor tensor) {
    return switch (tensor.type()) {
      case F32 -> Format.F32;
      case F16 -> Format.F16;
      case BF16 -> Format.BF16;
      default ->
          throw new ModelFormatException(
              file.path().toString(), tensor.name(), tensor.type().name(), "F32, F16 or BF16");
    };
  }

  /** Infinite and no numbers are those whose exponent is all ones. */
  private void checkFinite(StoredTensor tensor) {
    Format format = format(tensor);
    MemorySegment data = file.data(tensor);
    long count = tensor.elements();
    boolean wide = tensor.type() == DataType.F32;
    int exponent = wide ? 0x7F800000 : format == Format.F16 ? 0x7C00 : 0x7F80;
    for (long i = 0; i < count; i++) {
      int bits = wide ? data.get(I32, 4 * i) : data.get(I16, 2 * i);
      if ((bits & exponent) == exponent) {
        throw new ModelFormatException(
            file.path().toString(), tensor.name(), "a number that is not finite", "finite numbers");
      }
    }
  }

  /** Refuses layers and tables that nothing asked for: leaving them out makes wrong vectors. */
  void checkAllAreUsed() {
    List<String> left = new ArrayList<>(file.tensors().keySet());
    left.removeIf(
        name ->
            asked.contains(name)
                || !name.startsWith(prefix + "encoder.") && !name.startsWith(prefix + "embeddings.")
                || name.endsWith("_ids"));
    if (!left.isEmpty()) {
      throw new ModelFormatException(
          file.path().toString(),
          left.getFirst(),
          "a tensor that this architecture has no use for",
          "only tensors it uses");
    }
  }

  long packedBytes() {
    return packedBytes;
  }
}
