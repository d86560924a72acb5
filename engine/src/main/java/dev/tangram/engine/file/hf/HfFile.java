package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.file.gguf.GgufMetadata;
import dev.tangram.engine.file.gguf.MetadataBuilder;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A Hugging Face checkpoint, presented as the GGUF file that the usual converter would make of it:
 * the same keys, names, shapes, order of rows and folded constants, so that nothing downstream
 * knows the difference. Weights stay mapped in their files; what is reordered or computed on the
 * way is so at each reading, a tensor or (of stacked experts) a matrix at a time.
 *
 * <p>A tensor's offset is where its first source begins in that source's file. Any thread may read
 * and close it.
 */
public final class HfFile implements ModelFile {
  private final Path folder;
  private final Checkpoint checkpoint;
  private final GgufMetadata metadata;
  private final Map<String, Presented> presented;
  private final Map<String, Tensor> tensors;

  private HfFile(
      Path folder, Checkpoint checkpoint, GgufMetadata metadata, Map<String, Presented> presented) {
    this.folder = folder;
    this.checkpoint = checkpoint;
    this.metadata = metadata;
    this.presented = presented;
    Map<String, Tensor> tensors = LinkedHashMap.newLinkedHashMap(presented.size());
    presented.forEach((name, each) -> tensors.put(name, each.tensor()));
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Opens and checks a checkpoint: config.json, the shape of every tensor against it, and the
   * tokenizer, if there is one.
   *
   * @param folder with config.json and model.safetensors, or model.safetensors.index.json and the
   *     files it names
   * @throws dev.tangram.engine.file.ModelFormatException if a file is damaged, contradicts another,
   *     or asks for what this engine does not run
   * @throws java.io.UncheckedIOException if one cannot be read
   */
  public static HfFile open(Path folder) {
    Config config = Config.read(folder);
    Checkpoint checkpoint = Checkpoint.open(folder);
    try {
      return of(config, checkpoint);
    } catch (RuntimeException | Error e) {
      checkpoint.close();
      throw e;
    }
  }

  /** What config.json and open weights make together. */
  static HfFile of(Config config, Checkpoint checkpoint) {
    Path folder = checkpoint.folder();
    RopeConfig rope = RopeConfig.read(config);
    Layout layout = new Layout(checkpoint);
    Dimensions dimensions =
        Dimensions.read(config, config.family().isHybrid() && layout.has("mtp.fc.weight"));
    MetadataBuilder pairs = new MetadataBuilder(folder.toString());
    Keys.write(pairs, config, dimensions, rope);
    new Layers(layout, config.family(), dimensions)
        .present(config.tied(), rope.divisors(dimensions.headSize()));
    Map<String, Presented> presented = layout.finish();
    TokenFiles.write(pairs, folder, config, dimensions.vocabulary());
    return new HfFile(folder, checkpoint, pairs.build(), presented);
  }

  @Override
  public Path path() {
    return folder;
  }

  /** Size of all weight files in bytes. */
  @Override
  public long bytes() {
    return checkpoint.bytes();
  }

  @Override
  public GgufMetadata metadata() {
    return metadata;
  }

  @Override
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * {@inheritDoc} What is not mapped is computed anew at each call, and freed once nobody refers to
   * it.
   */
  @Override
  public MemorySegment data(Tensor tensor) {
    return presented(tensor).data();
  }

  @Override
  public MemorySegment slice(Tensor tensor, int index) {
    return presented(tensor)
        .slice(Objects.checkIndex(index, Math.toIntExact(tensor.shape().get(2))));
  }

  private Presented presented(Tensor tensor) {
    Presented found = presented.get(tensor.name());
    if (found == null || !found.tensor().equals(tensor)) {
      throw new IllegalArgumentException("%s is no tensor of %s".formatted(tensor, folder));
    }
    return found;
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
