package dev.tangram.engine.file.safetensors;

import dev.tangram.engine.file.MappedFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/**
 * A safetensors file, mapped read-only and checked: size, header length, JSON, and that the tensors
 * cover the rest of the file in order, without gaps, before anything points into it. Any thread may
 * read and close it.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final MappedFile file;
  private final SafetensorsHeader header;

  private SafetensorsFile(MappedFile file) {
    this.file = file;
    this.header = SafetensorsHeader.parse(file.bytes(), file.path().toString());
  }

  /**
   * Opens and checks a file.
   *
   * @throws dev.tangram.engine.file.ModelFormatException if it is no sound safetensors file
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) {
    return MappedFile.open(path, SafetensorsFile::new);
  }

  public Path path() {
    return file.path();
  }

  /** Size of the file in bytes. */
  public long bytes() {
    return file.bytes().byteSize();
  }

  /** Tensors by name, in the order of their data. */
  public Map<String, StoredTensor> tensors() {
    return header.tensors();
  }

  /** The strings of {@code __metadata__}. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** The tensor's bytes, little-endian, read-only, valid until {@link #close}. */
  public MemorySegment data(StoredTensor tensor) {
    if (!tensor.equals(header.tensors().get(tensor.name()))) {
      throw new IllegalArgumentException("%s is no tensor of %s".formatted(tensor, path()));
    }
    return file.bytes().asSlice(tensor.extent().offset(), tensor.extent().size());
  }

  @Override
  public void close() {
    file.close();
  }
}
