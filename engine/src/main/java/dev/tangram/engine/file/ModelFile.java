package dev.tangram.engine.file;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

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

  @Override
  void close();
}
