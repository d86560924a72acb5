package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.file.gguf.Show;
import dev.tangram.engine.file.hf.Checkpoint.Part;
import dev.tangram.engine.file.safetensors.DataType;
import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Looks tensors up in a checkpoint, holds their shapes against config.json, and collects what is
 * presented. At the end nothing may be left over: a bias or an expert left out makes wrong text.
 */
final class Layout {
  private static final String SCALE = "_scale_inv";

  /** Parts of a model that this engine does not run. */
  private static final List<String> SKIPPED =
      List.of(
          "model.visual.",
          "visual.",
          "vision_tower.",
          "model.vision_tower.",
          "multi_modal_projector.",
          "model.multi_modal_projector.");

  private final Checkpoint checkpoint;
  private final Map<String, Presented> presented = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();

  /** Where the first source of the tensor being presented begins in its file, or -1. */
  private long offset = -1;

  Layout(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  boolean has(String name) {
    return checkpoint.find(name) != null;
  }

  /** The first of some names that the checkpoint has; the first at all if it has none of them. */
  String firstOf(String... names) {
    return Arrays.stream(names).filter(this::has).findFirst().orElse(names[0]);
  }

  /** A vector as one row, or a matrix [rows, columns]; a shape in front of the last two is rows. */
  Rows stored(String name, long... shape) {
    return stack(name, 1, shape).getFirst();
  }

  /**
   * The matrices of a tensor of three dimensions [count, rows, columns], or, with a count of 1, of
   * one that has exactly {@code shape}.
   */
  List<Rows> stack(String name, int count, long... shape) {
    Part part = part(name, shape);
    long columns = shape[shape.length - 1];
    long rows = Arrays.stream(shape).reduce(1, Math::multiplyExact) / columns / count;
    MemorySegment data = part.data();
    DataType type = part.tensor().type();
    long bytes = rows * columns * type.bytes();
    List<Rows> matrices = new ArrayList<>(count);
    if (type == DataType.F8_E4M3) {
      Part scale = scale(part, count, rows, columns);
      Format format = plain(scale);
      MemorySegment scales = scale.data();
      long scaleBytes = scales.byteSize() / count;
      for (int i = 0; i < count; i++) {
        matrices.add(
            new Fp8Rows(
                rows,
                columns,
                data.asSlice(i * bytes, bytes),
                scales.asSlice(i * scaleBytes, scaleBytes),
                format));
      }
    } else {
      Format format = plain(part);
      for (int i = 0; i < count; i++) {
        matrices.add(new StoredRows(format, rows, columns, data.asSlice(i * bytes, bytes)));
      }
    }
    return matrices;
  }

  private Part part(String name, long... shape) {
    Part part = checkpoint.find(name);
    List<Long> expected = LongStream.of(shape).boxed().toList();
    if (part == null) {
      throw new ModelFormatException(
          checkpoint.folder().toString(),
          "tensor " + Show.quoted(name),
          "nothing",
          "a tensor of shape %s, by config.json".formatted(expected));
    }
    if (!part.tensor().shape().equals(expected)) {
      throw bad(part, "shape " + part.tensor().shape(), expected + ", by config.json");
    }
    if (offset < 0) {
      offset = part.tensor().extent().offset();
    }
    used.add(name);
    return part;
  }

  /** The scales that belong to 8-bit floats, under either of their names. */
  private Part scale(Part weights, int count, long rows, long columns) {
    String name = weights.tensor().name();
    String scale = firstOf(name + SCALE, name + ".weight" + SCALE);
    if (!has(scale)) {
      throw bad(weights, "F8_E4M3 without a tensor " + Show.quoted(scale), "both");
    }
    long down = Fp8Rows.blocks(rows);
    long across = Fp8Rows.blocks(columns);
    return count == 1 && weights.tensor().shape().size() == 2
        ? part(scale, down, across)
        : part(scale, count, down, across);
  }

  private static Format plain(Part part) {
    return switch (part.tensor().type()) {
      case F32 -> Format.F32;
      case F16 -> Format.F16;
      case BF16 -> Format.BF16;
      default ->
          throw bad(
              part,
              "dtype " + part.tensor().type(),
              "F32, F16, BF16, or F8_E4M3 with its " + SCALE.substring(1));
    };
  }

  private static ModelFormatException bad(Part part, String found, String allowed) {
    return new ModelFormatException(
        part.file().path().toString(),
        "tensor " + Show.quoted(part.tensor().name()),
        found,
        allowed);
  }

  /** Presents a matrix in its own format. */
  void matrix(String name, Rows rows) {
    present(name, List.of(rows), rows.columns(), rows.rows());
  }

  /** Presents a matrix as F32. */
  void floatMatrix(String name, Rows rows) {
    matrix(name, Floats.of(rows));
  }

  /** Presents one row, or a column of numbers, as a vector of F32. */
  void vector(String name, Rows rows) {
    Rows floats = Floats.of(rows);
    present(name, List.of(floats), floats.columns() * floats.rows());
  }

  /** Presents equal matrices as one tensor; where their formats differ, as F32. */
  void stacked(String name, List<Rows> matrices) {
    boolean same = matrices.stream().map(Rows::format).distinct().count() == 1;
    List<Rows> parts = same ? matrices : matrices.stream().map(Floats::of).toList();
    Rows first = parts.getFirst();
    present(name, parts, first.columns(), first.rows(), parts.size());
  }

  private void present(String name, List<Rows> parts, long... shape) {
    long bytes = parts.stream().mapToLong(Rows::bytes).reduce(0, Math::addExact);
    Tensor tensor =
        new Tensor(
            name,
            parts.getFirst().format(),
            LongStream.of(shape).boxed().toList(),
            Math.max(0, offset),
            bytes);
    presented.put(name, new Presented(tensor, List.copyOf(parts)));
    offset = -1;
  }

  /** Ends the collection. */
  Map<String, Presented> finish() {
    List<String> left =
        checkpoint.names().stream()
            .filter(name -> !used.contains(name))
            .filter(name -> SKIPPED.stream().noneMatch(name::startsWith))
            // Frequencies that old versions wrote; they say what rope_theta says.
            .filter(name -> !name.endsWith(".rotary_emb.inv_freq"))
            .limit(1)
            .toList();
    if (!left.isEmpty()) {
      throw bad(
          checkpoint.find(left.getFirst()),
          "a tensor that this model_type has no use for",
          "only tensors it uses");
    }
    return Collections.unmodifiableMap(presented);
  }

  /** Takes a tensor as seen that is not presented. */
  void ignore(String name) {
    used.add(name);
  }
}
