package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.MappedFile;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A GGUF file, mapped read-only and checked. Any thread may read and close it; closing while
 * another thread reads makes that read throw {@link IllegalStateException}.
 */
public final class GgufFile implements ModelFile {
  private final MappedFile file;
  private final GgufHeader header;

  private GgufFile(MappedFile file) {
    this.file = file;
    this.header = parse(file.bytes(), file.path().toString());
  }

  /**
   * Opens and checks a file.
   *
   * @throws dev.tangram.engine.file.ModelFormatException if it is no GGUF file that can be used
   * @throws UncheckedIOException if it cannot be read
   */
  public static GgufFile open(Path path) {
    if (Files.isDirectory(path)) {
      throw new UncheckedIOException(
          path + " is a directory, not a model file", new IOException("is a directory"));
    }
    return MappedFile.open(path, GgufFile::new);
  }

  /**
   * Checks the header of a file whose bytes are in memory; {@code name} stands for the file in
   * errors.
   */
  static GgufHeader parse(MemorySegment bytes, String name) {
    return GgufHeader.parse(bytes, name);
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public long bytes() {
    return file.bytes().byteSize();
  }

  /** The layout's version: 2 or 3. */
  public int version() {
    return header.version();
  }

  @Override
  public GgufMetadata metadata() {
    return header.metadata();
  }

  @Override
  public Map<String, Tensor> tensors() {
    return header.tensors();
  }

  @Override
  public MemorySegment data(Tensor tensor) {
    if (tensor != header.tensors().get(tensor.name())) {
      throw new IllegalArgumentException("%s is no tensor of %s".formatted(tensor, path()));
    }
    return file.bytes().asSlice(tensor.offset(), tensor.bytes());
  }

  @Override
  public void unload(Tensor tensor) {
    data(tensor).unload();
  }

  @Override
  public void close() {
    file.close();
  }
}
