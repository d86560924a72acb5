package dev.tangram.engine.file;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * An open, fully checked model file. Opening validated every size, count, offset and type; reading
 * a tensor's bytes cannot leave the file.
 */
public interface ModelFile extends AutoCloseable {
  Path path();

  /** Size of the file in bytes. */
  long bytes();

  Metadata metadata();

  /** Tensors by name, in file order. */
  Map<String, Tensor> tensors();

  /** The tensor's bytes, read-only, valid until {@link #close}. */
  MemorySegment data(Tensor tensor);

  /**
   * One matrix of a stacked tensor of three dimensions, such as one expert of a layer; read-only,
   * valid until {@link #close}. A file that keeps the matrices apart reads only this one.
   *
   * @param index below shape[2]
   */
  default MemorySegment slice(Tensor tensor, int index) {
    long count = tensor.shape().get(2);
    long bytes = tensor.bytes() / count;
    return data(tensor).asSlice(Objects.checkIndex(index, count) * bytes, bytes);
  }

  /**
   * Says that the tensor will not be read again soon: pages of it that a mapping brought into
   * memory may go. Its data stays readable.
   */
  default void unload(Tensor tensor) {}

  @Override
  void close();
}
