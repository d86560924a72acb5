package dev.tangram.engine.model;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.model.Architecture.Trait;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The numbers of a decoder, read from a GGUF file's metadata and held against each other. The
 * tensors' shapes are held against them by {@link Weights}.
 *
 * @param layers of the decoder alone
 * @param width D; feedForward F, 0 if no feed-forward sublayer is dense; heads H; kvHeads K;
 *     headSize S; vocabulary V
 * @param eps added to the mean square of an RMS norm
 * @param rotated leading elements of a head that turn
 * @param window positions that a sliding layer sees; 0 if no layer slides
 * @param drafts layers of an MTP head, which the file counts among its blocks: 0 or 1
 * @param experts null if every feed-forward sublayer is dense
 * @param delta null if every layer attends
 */
record Hyperparameters(
    String architecture,
    int layers,
    int width,
    int feedForward,
    int heads,
    int kvHeads,
    int headSize,
    int vocabulary,
    int contextLength,
    float eps,
    int rotated,
    int window,
    int drafts,
    ExpertNumbers experts,
    DeltaNumbers delta) {
  static final int LAYERS_MAX = 1024;
  static final int WIDTH_MAX = 1 << 17;
  static final int FEED_FORWARD_MAX = 1 << 18;
  static final int HEADS_MAX = 4096;
  static final int VOCABULARY_MAX = 1 << 20;
  static final int CONTEXT_MAX = 1 << 24;

  static Hyperparameters read(ModelFile file) {
    Metadata meta = file.metadata();
    String name = file.path().toString();
    Architecture architecture = Architecture.of(file);
    String a = architecture.word();
    int blocks = meta.integer(a + ".block_count", 1, LAYERS_MAX);
    int drafts = drafts(meta, architecture, blocks, name);
    int width = meta.integer(a + ".embedding_length", 1, WIDTH_MAX);
    int heads = scalarOrFirst(meta, a + ".attention.head_count", blocks, name);
    int kvHeads =
        meta.has(a + ".attention.head_count_kv")
            ? scalarOrFirst(meta, a + ".attention.head_count_kv", blocks, name)
            : heads;
    if (heads % kvHeads != 0) {
      throw new ModelFormatException(
          name,
          a + ".attention.head_count_kv",
          Integer.toString(kvHeads),
          "a divisor of head_count " + heads);
    }
    int headSize = headSize(meta, a, width, heads, name);
    return new Hyperparameters(
        a,
        blocks - drafts,
        width,
        feedForward(file, architecture, blocks),
        heads,
        kvHeads,
        headSize,
        vocabulary(file, meta, a, name),
        meta.integer(a + ".context_length", 1, CONTEXT_MAX),
        eps(meta, a, name),
        rotated(meta, architecture, headSize, name),
        architecture == Architecture.GEMMA3
            ? meta.integer(a + ".attention.sliding_window", 1, CONTEXT_MAX)
            : 0,
        drafts,
        architecture.has(Trait.EXPERTS)
            ? ExpertNumbers.read(meta, architecture, name, width)
            : null,
        architecture.has(Trait.HYBRID)
            ? DeltaNumbers.read(file, architecture, blocks - drafts)
            : null);
  }

  /** What the engine has to know. */
  Shape shape(long parameters) {
    int stateLayers = delta == null ? 0 : delta.stateLayers();
    return new Shape(
        architecture,
        layers,
        width,
        heads,
        kvHeads,
        headSize,
        vocabulary,
        contextLength,
        parameters,
        layers - stateLayers + drafts,
        stateLayers,
        stateLayers == 0 ? 0 : delta.convolution(),
        stateLayers == 0 ? 0 : delta.states(),
        window,
        window == 0
            ? Set.of()
            : IntStream.range(0, layers)
                .filter(layer -> !Gemma3.isFull(layer))
                .boxed()
                .collect(Collectors.toSet()));
  }

  /** Whether a block of a mixture of experts has a dense feed-forward sublayer all the same. */
  static boolean isDense(Predicate<String> has, int block) {
    return has.test("blk." + block + ".ffn_gate.weight");
  }

  /** Blocks at the end that are an MTP head. */
  private static int drafts(Metadata meta, Architecture architecture, int blocks, String name) {
    String key = architecture.word() + ".nextn_predict_layers";
    if (!architecture.has(Trait.HYBRID)) {
      return 0;
    }
    int drafts = meta.integer(key, 0, 1, 0);
    if (drafts >= blocks) {
      throw new ModelFormatException(
          name, key, Integer.toString(drafts), "fewer than block_count " + blocks);
    }
    return drafts;
  }

  /** Files of experts give a number for dense layers even if they have none. */
  private static int feedForward(ModelFile file, Architecture architecture, int blocks) {
    boolean dense =
        !architecture.has(Trait.EXPERTS)
            || IntStream.range(0, blocks)
                .anyMatch(block -> isDense(file.tensors()::containsKey, block));
    String key = architecture.word() + ".feed_forward_length";
    return dense ? file.metadata().integer(key, 1, FEED_FORWARD_MAX) : 0;
  }

  private static int rotated(Metadata meta, Architecture architecture, int headSize, String name) {
    String key = architecture.word() + ".rope.dimension_count";
    // Hybrids turn a part of each head: without the key there is no telling which.
    int rotated =
        architecture.has(Trait.HYBRID)
            ? meta.integer(key, 2, headSize)
            : meta.integer(key, 2, headSize, headSize);
    if (rotated % 2 != 0) {
      throw new ModelFormatException(name, key, Integer.toString(rotated), "an even number");
    }
    return rotated;
  }

  private static int headSize(Metadata meta, String a, int width, int heads, String name) {
    int size =
        meta.integer(a + ".attention.key_length", 2, 1024, width % heads == 0 ? width / heads : 0);
    if (size < 2 || size % 2 != 0) {
      throw new ModelFormatException(
          name,
          a + ".attention.head_count",
          heads + " heads of " + size,
          "an even head size; embedding_length is " + width);
    }
    if (heads * size > WIDTH_MAX) {
      throw new ModelFormatException(
          name,
          a + ".attention.head_count",
          heads + " heads of " + size,
          "at most " + WIDTH_MAX + " elements together");
    }
    int valueSize = meta.integer(a + ".attention.value_length", 2, 1024, size);
    if (valueSize != size) {
      throw new ModelFormatException(
          name, a + ".attention.value_length", Integer.toString(valueSize), "key_length " + size);
    }
    return size;
  }

  private static int scalarOrFirst(Metadata meta, String key, int layers, String name) {
    if (!(meta.value(key) instanceof List<?>)) {
      return meta.integer(key, 1, HEADS_MAX);
    }
    int[] perLayer = meta.integers(key);
    if (perLayer.length != layers) {
      throw new ModelFormatException(
          name, key, perLayer.length + " numbers", "one, or one for each of " + layers + " layers");
    }
    for (int value : perLayer) {
      if (value != perLayer[0] || value < 1 || value > HEADS_MAX) {
        throw new ModelFormatException(
            name,
            key,
            Arrays.toString(perLayer),
            "the same number, 1 to %d, for every layer".formatted(HEADS_MAX));
      }
    }
    return perLayer[0];
  }

  private static float eps(Metadata meta, String a, String name) {
    float eps = meta.number(a + ".attention.layer_norm_rms_epsilon");
    if (!(eps > 0 && eps < 1)) {
      throw new ModelFormatException(
          name,
          a + ".attention.layer_norm_rms_epsilon",
          Float.toString(eps),
          "above 0 and below 1");
    }
    return eps;
  }

  /** The embedding's rows; a tokenizer in the file must have as many tokens. */
  private static int vocabulary(ModelFile file, Metadata meta, String a, String name) {
    Tensor embedding = file.tensors().get("token_embd.weight");
    if (embedding == null || embedding.shape().size() != 2) {
      throw new ModelFormatException(
          name,
          "token_embd.weight",
          embedding == null ? "nothing" : embedding.shape().toString(),
          "a matrix");
    }
    long rows = embedding.shape().get(1);
    if (rows < 1 || rows > VOCABULARY_MAX) {
      throw new ModelFormatException(
          name, "token_embd.weight", rows + " rows", "1 to " + VOCABULARY_MAX);
    }
    if (meta.has("tokenizer.ggml.tokens")) {
      int tokens = meta.strings("tokenizer.ggml.tokens").size();
      if (tokens != rows) {
        throw new ModelFormatException(
            name,
            "tokenizer.ggml.tokens",
            tokens + " tokens",
            "as many as token_embd.weight has rows: " + rows);
      }
    }
    int stated = meta.integer(a + ".vocab_size", 1, VOCABULARY_MAX, (int) rows);
    if (stated != rows) {
      throw new ModelFormatException(
          name,
          a + ".vocab_size",
          Integer.toString(stated),
          "the rows of token_embd.weight: " + rows);
    }
    return (int) rows;
  }
}
