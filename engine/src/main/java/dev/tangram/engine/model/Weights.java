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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Takes a model's tensors in two passes: first every shape is checked, then, once all of them are
 * known to fit and the machine is known to hold them, they are packed.
 */
final class Weights {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ModelFile file;
  private final Kernels kernels;
  private final Arena arena;
  private final LongConsumer progress;
  private final List<Matrix> packed = new ArrayList<>();
  private final Set<String> asked = new HashSet<>();
  private long bytesDone;
  private boolean checking = true;

  /**
   * @param progress told the bytes of the file that are packed so far, after each tensor
   */
  Weights(ModelFile file, Kernels kernels, Arena arena, LongConsumer progress) {
    this.file = file;
    this.kernels = kernels;
    this.arena = arena;
    this.progress = progress;
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
    done(tensor);
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
    done(tensor);
    return values;
  }

  /** A vector that must be there, may be, or must not: null if it is not. */
  float[] vector(String name, int length, Architecture.Presence presence) {
    return switch (presence) {
      case REQUIRED -> vector(name, length);
      case OPTIONAL -> has(name) ? vector(name, length) : null;
      case ABSENT -> null;
    };
  }

  /**
   * Ends the pass that checks.
   *
   * @throws ModelFormatException if a layer or the head has a tensor that nothing asked for:
   *     leaving out a bias or an expert makes wrong text. Other tensors (a vision tower) belong to
   *     parts that this engine does not run.
   */
  void checkAllAreUsed() {
    for (String name : file.tensors().keySet()) {
      boolean decoder =
          name.startsWith("blk.") || name.startsWith("output") || name.startsWith("token_");
      // Frequencies that some old converters wrote; they say what rope.freq_base says.
      if (decoder && !asked.contains(name) && !name.contains("rot_embd")) {
        throw new ModelFormatException(
            file.path().toString(),
            name,
            "a tensor that this architecture has no use for",
            "only tensors it uses");
      }
    }
  }

  private Tensor tensor(String name, long... shape) {
    asked.add(name);
    Tensor tensor = file.tensors().get(name);
    String found = tensor == null ? "nothing" : tensor.shape().toString();
    List<Long> expected = new ArrayList<>();
    for (long size : shape) {
      expected.add(size);
    }
    if (tensor == null || !tensor.shape().equals(expected)) {
      throw new ModelFormatException(
          file.path().toString(), name, found, "a tensor of shape " + expected);
    }
    return tensor;
  }

  private void done(Tensor tensor) {
    bytesDone += tensor.bytes();
    progress.accept(bytesDone);
  }

  long packedBytes() {
    return packed.stream().mapToLong(Matrix::bytes).sum();
  }
}
