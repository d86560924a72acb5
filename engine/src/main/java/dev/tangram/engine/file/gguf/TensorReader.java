package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.Extent;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.kernel.Format;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the tensor infos of a header and checks that their data covers the rest of the file: in
 * bounds, aligned, without overlap and, as every writer leaves it, without gaps in which something
 * else could hide.
 */
final class TensorReader {
  private final HeaderReader in;
  private final int alignment;

  TensorReader(HeaderReader in, int alignment) {
    this.in = in;
    this.alignment = alignment;
  }

  /** {@code count} tensors in file order; their offsets are absolute. */
  Map<String, Tensor> tensors(int count) {
    Map<String, Tensor> relative = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      in.enter("tensor", i);
      long at = in.position();
      Tensor tensor = info();
      if (relative.putIfAbsent(tensor.name(), tensor) != null) {
        throw in.bad(at, "name", "a second tensor of this name", "each name once");
      }
    }
    long dataStart = aligned(in.position());
    checkLayout(relative.values().toArray(Tensor[]::new), dataStart);
    relative.replaceAll(
        (name, t) -> new Tensor(name, t.format(), t.shape(), dataStart + t.offset(), t.bytes()));
    return Collections.unmodifiableMap(relative);
  }

  private Tensor info() {
    String name = in.name("name", Limits.TENSOR_NAME_BYTES_MAX);
    long at = in.position();
    int dimensions = in.u32("dimension count");
    if (dimensions < 1 || dimensions > Limits.DIMENSIONS_MAX) {
      throw in.bad(
          at,
          "dimension count",
          Integer.toUnsignedString(dimensions),
          "1 to " + Limits.DIMENSIONS_MAX);
    }
    long shapeAt = in.position();
    Long[] shape = new Long[dimensions];
    for (int d = 0; d < dimensions; d++) {
      at = in.position();
      long size = in.u64("dimension " + d);
      if (size < 1) {
        throw in.bad(at, "dimension " + d, Long.toUnsignedString(size), "1 to 2^63 - 1");
      }
      shape[d] = size;
    }
    at = in.position();
    int type = in.u32("type");
    Format format = TensorTypes.format(type);
    if (format == null) {
      throw in.bad(
          at, "type", TensorTypes.name(type), "one of " + Arrays.toString(Format.values()));
    }
    long bytes = bytes(shape, format, shapeAt);
    at = in.position();
    long offset = in.u64("offset");
    if (offset < 0 || offset % alignment != 0) {
      throw in.bad(at, "offset", Long.toUnsignedString(offset), "a multiple of " + alignment);
    }
    if (!Extent.fits(offset, bytes, in.size())) {
      throw in.bad(
          at,
          "offset",
          "%d with a size of %d".formatted(offset, bytes),
          "a file of %d bytes".formatted(in.size()));
    }
    return new Tensor(name, format, List.of(shape), offset, bytes);
  }

  private long bytes(Long[] shape, Format format, long at) {
    if (shape[0] % format.blockLength() != 0) {
      throw in.bad(
          at,
          "dimension 0",
          Long.toString(shape[0]),
          "a multiple of %d for %s".formatted(format.blockLength(), format));
    }
    try {
      long blocks = shape[0] / format.blockLength();
      // Elements too: readers ask for them, and blocks of many elements could fit where those do
      // not.
      long elements = shape[0];
      for (int d = 1; d < shape.length; d++) {
        blocks = Math.multiplyExact(blocks, (long) shape[d]);
        elements = Math.multiplyExact(elements, (long) shape[d]);
      }
      return Math.multiplyExact(blocks, (long) format.blockBytes());
    } catch (ArithmeticException e) {
      throw in.bad(at, "dimensions", Arrays.toString(shape), "a size below 2^63 bytes");
    }
  }

  private void checkLayout(Tensor[] byOffset, long dataStart) {
    Arrays.sort(byOffset, Comparator.comparingLong(Tensor::offset));
    long room = Math.max(0, in.size() - dataStart);
    long end = 0;
    for (Tensor tensor : byOffset) {
      if (!Extent.fits(tensor.offset(), tensor.bytes(), room)) {
        throw bad(
            tensor,
            "%d bytes at byte %d of the data section".formatted(tensor.bytes(), tensor.offset()),
            "a section of %d bytes".formatted(room));
      }
      if (tensor.offset() != aligned(end)) {
        String relation =
            tensor.offset() < end ? "overlapping the tensor before it" : "behind a gap";
        throw bad(
            tensor,
            "data at byte %d of the data section, %s".formatted(tensor.offset(), relation),
            "byte " + aligned(end));
      }
      end = tensor.offset() + tensor.bytes();
    }
    long last = aligned(dataStart + end);
    if (in.size() > last) {
      throw new ModelFormatException(
          in.file(),
          last,
          "end of file",
          (in.size() - last) + " bytes after the last tensor",
          "none");
    }
  }

  private ModelFormatException bad(Tensor tensor, String found, String allowed) {
    return new ModelFormatException(
        in.file(), "tensor \"%s\"".formatted(tensor.name()), found, allowed);
  }

  /** The next multiple of the alignment; all callers pass at most the file's size plus 64 KiB. */
  private long aligned(long position) {
    return Math.addExact(position, alignment - 1L) & -alignment;
  }
}
