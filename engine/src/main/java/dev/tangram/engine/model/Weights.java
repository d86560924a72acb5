package dev.tangram.engine.model;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a model's tensors in two passes: first every shape is checked, then, once all of them are known to fit and the
 * machine is known to hold them, they are packed.
 */
final class Weights {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ModelFile file;
  private final Kernels kernels;
  private final Arena arena;
  private final List<Matrix> packed = new ArrayList<>();
  private boolean checking = true;

  Weights(ModelFile file, Kernels kernels, Arena arena) {
    this.file = file;
    this.kernels = kernels;
    this.arena = arena;
  }

  /** From now on tensors are packed; before, only their shapes are checked and null is returned. */
  void startPacking() {
    checking = false;
  }

  boolean has(String name) {
    return file.tensors().containsKey(name);
  }

  /** W[rows, columns]. */
  Matrix matrix(String name, int rows, int columns) {
    Tensor tensor = tensor(name, columns, rows);
    if (checking) {
      Scales.check(file, tensor);
      return null;
    }
    Matrix matrix = kernels.pack(tensor.format(), rows, columns, file.data(tensor), arena);
    packed.add(matrix);
    return matrix;
  }

  /** A vector of {@code length} floats. */
  float[] vector(String name, int length) {
    Tensor tensor = tensor(name, length);
    if (tensor.format() != Format.F32) {
      throw new ModelFormatException(file.path().toString(), name, tensor.format().name(), "F32");
    }
    if (checking) {
      Scales.check(file, tensor);
      return null;
    }
    MemorySegment data = file.data(tensor);
    float[] values = new float[length];
    MemorySegment.copy(data, F32, 0, values, 0, length);
    return values;
  }

  /** A vector, or null if the file has none of this name. */
  float[] vectorIfPresent(String name, int length) {
    return has(name) ? vector(name, length) : null;
  }

  private Tensor tensor(String name, long... shape) {
    Tensor tensor = file.tensors().get(name);
    String found = tensor == null ? "nothing" : tensor.shape().toString();
    List<Long> expected = new ArrayList<>();
    for (long size : shape) {
      expected.add(size);
    }
    if (tensor == null || !tensor.shape().equals(expected)) {
      throw new ModelFormatException(file.path().toString(), name, found, "a tensor of shape " + expected);
    }
    return tensor;
  }

  long packedBytes() {
    return packed.stream().mapToLong(Matrix::bytes).sum();
  }
}
