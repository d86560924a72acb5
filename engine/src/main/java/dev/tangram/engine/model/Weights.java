package dev.tangram.engine.model;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.packed.PackedMatrix;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
  private final List<PackedMatrix> asked = new ArrayList<>();
  private final List<PackedMatrix> packed = new ArrayList<>();
  private final Set<String> used = new HashSet<>();
  private long bytesDone;
  private boolean checking = true;
  private boolean trusting;
  // What a copy holds of all matrices, in the order in which they are asked for; null if there is
  // none.
  private Iterator<Matrix> copied;

  /**
   * @param progress told the bytes of the file that are packed so far, after each tensor
   */
  Weights(ModelFile file, Kernels kernels, Arena arena, LongConsumer progress) {
    this.file = file;
    this.kernels = kernels;
    this.arena = arena;
    this.progress = progress;
  }

  /**
   * A copy was read, whose matrices were checked before they were packed: the pass that checks does
   * not look at their numbers again.
   */
  void trustMatrices() {
    trusting = true;
  }

  /** The matrices that were asked for so far, in order and without their data. */
  List<PackedMatrix> asked() {
    return asked;
  }

  /** From now on matrices are packed; before, they are checked only and null is returned. */
  void startPacking() {
    checking = false;
  }

  /** From now on matrices come from a copy, which holds all that were {@link #asked} for. */
  void startTaking(List<Matrix> copy) {
    checking = false;
    copied = copy.iterator();
  }

  boolean has(String name) {
    return file.tensors().containsKey(name);
  }

  /** W[rows, columns]. */
  Matrix matrix(String name, int rows, int columns) {
    return whole(tensor(name, columns, rows), rows, columns);
  }

  private Matrix whole(Tensor tensor, int rows, int columns) {
    if (checking) {
      ask(tensor, rows, columns);
      checkScales(tensor);
      return null;
    }
    Matrix matrix = pack(tensor, rows, columns, () -> file.data(tensor));
    done(tensor);
    return matrix;
  }

  /** W[1, columns], which some files keep as a vector. */
  Matrix row(String name, int columns) {
    Tensor found = file.tensors().get(name);
    if (found != null && found.shape().equals(List.of((long) columns))) {
      return whole(tensor(name, columns), 1, columns);
    }
    return matrix(name, 1, columns);
  }

  /**
   * Matrices whose rows one tensor mixes.
   *
   * @param orders of each matrix, the tensor's rows it is made of; together all of them
   */
  List<Matrix> split(String name, int columns, int[]... orders) {
    int rows = Stream.of(orders).mapToInt(order -> order.length).sum();
    Tensor tensor = tensor(name, columns, rows);
    if (checking) {
      Stream.of(orders).forEach(order -> ask(tensor, order.length, columns));
      checkScales(tensor);
      return Collections.nCopies(orders.length, null);
    }
    List<Matrix> matrices = new ArrayList<>();
    if (copied != null) {
      for (int[] order : orders) {
        matrices.add(pack(tensor, order.length, columns, () -> MemorySegment.NULL));
      }
      done(tensor);
      return matrices;
    }
    MemorySegment data = file.data(tensor);
    long rowBytes = tensor.format().rowBytes(columns);
    for (int[] order : orders) {
      // Shared: the workers pack.
      try (Arena own = Arena.ofShared()) {
        MemorySegment part = own.allocate(order.length * rowBytes);
        for (int i = 0; i < order.length; i++) {
          MemorySegment.copy(data, order[i] * rowBytes, part, i * rowBytes, rowBytes);
        }
        matrices.add(pack(tensor, order.length, columns, () -> part));
      }
    }
    done(tensor);
    return matrices;
  }

  /** {@code count} matrices W[rows, columns] that one tensor stacks. */
  List<Matrix> matrices(String name, int count, int rows, int columns) {
    return stacked(name, count, columns, rows).getFirst();
  }

  /**
   * Matrices that one tensor stacks, each of {@code count} slices holding one of each height below
   * each other: for each height, {@code count} of them.
   */
  List<List<Matrix>> stacked(String name, int count, int columns, int... heights) {
    Tensor tensor = tensor(name, columns, IntStream.of(heights).sum(), count);
    List<List<Matrix>> stacks = new ArrayList<>();
    for (int i = 0; i < heights.length; i++) {
      stacks.add(new ArrayList<>());
    }
    for (int index = 0; index < count; index++) {
      if (checking) {
        IntStream.of(heights).forEach(height -> ask(tensor, height, columns));
        if (!trusting) {
          Scales.check(file, tensor, index);
        }
        continue;
      }
      MemorySegment slice = copied == null ? file.slice(tensor, index) : MemorySegment.NULL;
      long at = 0;
      for (int i = 0; i < heights.length; i++) {
        long from = at;
        long bytes = heights[i] * tensor.format().rowBytes(columns);
        stacks.get(i).add(pack(tensor, heights[i], columns, () -> slice.asSlice(from, bytes)));
        at += bytes;
      }
    }
    if (!checking) {
      done(tensor);
    } else if (!trusting) {
      file.unload(tensor);
    }
    return stacks;
  }

  private void ask(Tensor tensor, int rows, int columns) {
    asked.add(new PackedMatrix(tensor.name(), tensor.format(), rows, columns, null));
  }

  private Matrix pack(Tensor tensor, int rows, int columns, Supplier<MemorySegment> data) {
    Format format = tensor.format();
    Matrix matrix =
        copied != null ? copied.next() : kernels.pack(format, rows, columns, data.get(), arena);
    packed.add(new PackedMatrix(tensor.name(), format, rows, columns, matrix));
    return matrix;
  }

  /** A vector of {@code length} floats. */
  float[] vector(String name, int length) {
    return floats(name, length);
  }

  /** A vector of {@code length} floats, none above 0. */
  float[] vectorNotAboveZero(String name, int length) {
    float[] values = vector(name, length);
    for (int i = 0; i < length; i++) {
      if (values[i] > 0) {
        throw new ModelFormatException(
            file.path().toString(),
            name + ", element " + i,
            Float.toString(values[i]),
            "at most 0");
      }
    }
    return values;
  }

  /** w[columns, rows] of a file's w[rows, columns], in floats. */
  float[] transposed(String name, int rows, int columns) {
    float[] values = floats(name, columns, rows);
    float[] turned = new float[values.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        turned[c * rows + r] = values[r * columns + c];
      }
    }
    return turned;
  }

  private float[] floats(String name, long... shape) {
    Tensor tensor = tensor(name, shape);
    if (tensor.format() != Format.F32) {
      throw new ModelFormatException(file.path().toString(), name, tensor.format().name(), "F32");
    }
    float[] values = new float[Math.toIntExact(tensor.elements())];
    MemorySegment.copy(file.data(tensor), F32, 0, values, 0, values.length);
    if (checking) {
      Scales.check(file, tensor);
      file.unload(tensor);
    } else {
      done(tensor);
    }
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
      if (decoder && !used.contains(name) && !name.contains("rot_embd")) {
        throw new ModelFormatException(
            file.path().toString(),
            name,
            "a tensor that this architecture has no use for",
            "only tensors it uses");
      }
    }
  }

  private Tensor tensor(String name, long... shape) {
    used.add(name);
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

  private void checkScales(Tensor tensor) {
    if (!trusting) {
      Scales.check(file, tensor);
      file.unload(tensor);
    }
  }

  private void done(Tensor tensor) {
    // Or a large file would stand in memory beside its packed copy.
    if (copied == null) {
      file.unload(tensor);
    }
    bytesDone += tensor.bytes();
    progress.accept(bytesDone);
  }

  /** The matrices so far, in the order in which they were asked for. */
  List<PackedMatrix> packed() {
    return packed;
  }

  long packedBytes() {
    return packed.stream().mapToLong(each -> each.matrix().bytes()).sum();
  }
}
