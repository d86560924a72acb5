package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/** A model file whose bytes are in memory: what {@link GgufFile} is, without a file. */
record MemoryModelFile(Path path, MemorySegment segment, GgufHeader header) implements ModelFile {
  static MemoryModelFile of(byte[] bytes, String name) {
    MemorySegment segment = MemorySegment.ofArray(bytes).asReadOnly();
    return new MemoryModelFile(Path.of(name), segment, GgufFile.parse(segment, name));
  }

  @Override
  public long bytes() {
    return segment.byteSize();
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
    return segment.asSlice(tensor.offset(), tensor.bytes());
  }

  @Override
  public void close() {}
}
