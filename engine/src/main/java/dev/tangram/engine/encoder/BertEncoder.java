package dev.tangram.engine.encoder;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.safetensors.SafetensorsFile;
import dev.tangram.engine.file.safetensors.StoredTensor;
import dev.tangram.engine.model.Memory;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;
import dev.tangram.schedule.Invariant;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * BERT (Devlin et al. 2018) with its weights packed. Owned by one engine thread; {@link #encode} is
 * not reentrant.
 */
public final class BertEncoder implements AutoCloseable {
  private static final String FILE = "model.safetensors";

  private final EncoderConfig config;
  private final Kernels kernels;
  private final Arena arena;
  private final EncoderScratch scratch;
  private final Matrix words;
  private final float[] positions;
  private final float[] types;
  private final LayerNorm embeddingNorm;
  private final List<BertLayer> layers = new ArrayList<>();
  private final long weightBytes;
  private final long fileBytes;
  private final long parameters;
  private final String format;

  private BertEncoder(
      SafetensorsFile file, EncoderConfig config, Kernels kernels, Arena arena, int tokensMax) {
    this.config = config;
    this.kernels = kernels;
    this.arena = arena;
    this.scratch = new EncoderScratch(config, tokensMax);
    EncoderWeights weights = new EncoderWeights(file, kernels, arena);
    int width = config.width();
    this.words = weights.matrix("embeddings.word_embeddings.weight", config.vocabulary(), width);
    this.positions =
        weights.table("embeddings.position_embeddings.weight", config.positions(), width);
    this.types =
        weights.table("embeddings.token_type_embeddings.weight", config.tokenTypes(), width);
    this.embeddingNorm = LayerNorm.of(weights, "embeddings.LayerNorm", config);
    for (int i = 0; i < config.layers(); i++) {
      layers.add(new BertLayer(weights, config, i));
    }
    weights.checkAllAreUsed();
    this.weightBytes = weights.packedBytes();
    this.fileBytes = file.bytes();
    this.parameters = file.tensors().values().stream().mapToLong(StoredTensor::elements).sum();
    this.format = words.format().name();
  }

  /**
   * Opens the model in a folder.
   *
   * @param tokensMax most tokens of one call of {@link #encode}; at least {@code
   *     config.lengthMax()}
   * @throws ModelFormatException if a file is damaged, or a tensor missing, misshapen, without use
   *     or not finite
   * @throws dev.tangram.engine.model.ModelTooLargeException if it does not fit the machine's memory
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static BertEncoder open(
      Path folder, EncoderConfig config, Kernels kernels, int tokensMax) {
    Path path = folder.resolve(FILE);
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      Memory.check(
          path.toString(), file.bytes(), EncoderScratch.bytes(config, tokensMax), tokensMax);
      BertEncoder encoder = new BertEncoder(file, config, kernels, arena, tokensMax);
      opened = true;
      return encoder;
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  public EncoderConfig config() {
    return config;
  }

  /** Bytes of packed weights. */
  public long weightBytes() {
    return weightBytes;
  }

  /** Size of the weights' file. */
  public long fileBytes() {
    return fileBytes;
  }

  /** Number of weights. */
  public long parameters() {
    return parameters;
  }

  /** How the embedding is stored, for display. */
  public String format() {
    return format;
  }

  /**
   * Encodes texts together. A text's vector depends on that text alone, bit for bit.
   *
   * @param texts ids of each, special ones included; each of 1 to {@code config.lengthMax()} ids in
   *     [0, V), together at most {@code tokensMax}
   * @return one pooled vector of D for each
   */
  public List<float[]> encode(List<int[]> texts) {
    int[] starts = starts(texts);
    embed(texts, starts);
    for (BertLayer layer : layers) {
      layer.forward(kernels, starts, scratch);
    }
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      float[] vector = new float[config.width()];
      config.pooling().pool(scratch.hidden, starts[i], starts[i + 1], config.width(), vector);
      if (config.normalises()) {
        UnitLength.of(vector, vector.length);
      }
      vectors.add(vector);
    }
    return vectors;
  }

  private int[] starts(List<int[]> texts) {
    int[] starts = new int[texts.size() + 1];
    for (int i = 0; i < texts.size(); i++) {
      int length = texts.get(i).length;
      Invariant.check(
          length >= 1 && length <= config.lengthMax(),
          "a text of %d tokens, at most %d",
          length,
          config.lengthMax());
      starts[i + 1] = starts[i] + length;
    }
    Invariant.check(
        starts[texts.size()] <= scratch.tokensMax,
        "%d tokens in a step, at most %d",
        starts[texts.size()],
        scratch.tokensMax);
    return starts;
  }

  /** The sum of word, position and (first) type, normed. */
  private void embed(List<int[]> texts, int[] starts) {
    int width = config.width();
    for (int i = 0; i < texts.size(); i++) {
      int[] text = texts.get(i);
      for (int p = 0; p < text.length; p++) {
        int at = (starts[i] + p) * width;
        kernels.row(words, text[p], scratch.hidden, at);
        for (int j = 0; j < width; j++) {
          scratch.hidden[at + j] += types[j] + positions[p * width + j];
        }
      }
    }
    embeddingNorm.apply(kernels, scratch.hidden, starts[texts.size()]);
  }

  @Override
  public void close() {
    arena.close();
  }
}
