package dev.tangram.engine.model;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import java.lang.foreign.Arena;
import java.util.List;

/** Opens models: reads the numbers, checks every tensor, then packs. */
public final class Models {
  /** Architectures that this engine runs, as files name them. */
  public static final List<String> ARCHITECTURES = List.of("qwen2", "qwen3", "llama", "gemma3");

  private Models() {}

  /**
   * Builds a model. Nothing is packed before all of the file is known to be sound and the machine to be large enough.
   *
   * @param stepTokensMax most tokens in one step
   * @param logitRowsMax most rows of logits in one step
   * @throws ModelFormatException if the architecture is unknown, a number absurd, a tensor missing, misshapen or not
   *     finite
   * @throws ModelTooLargeException if it does not fit the machine's memory
   */
  public static Model open(ModelFile file, Kernels kernels, int stepTokensMax, int logitRowsMax) {
    String architecture = file.metadata().string("general.architecture");
    if (!ARCHITECTURES.contains(architecture)) {
      throw new ModelFormatException(
          file.path().toString(), "general.architecture", architecture, String.join(", ", ARCHITECTURES));
    }
    Hyperparameters shape = Hyperparameters.read(file);
    Memory.check(file);
    Arena arena = Arena.ofShared();
    try {
      Weights weights = new Weights(file, kernels, arena);
      decoder(file, weights, shape);
      weights.startPacking();
      Decoder decoder = decoder(file, weights, shape);
      return new PackedModel(file, decoder, kernels, weights.packedBytes(), arena, new Scratch(shape, stepTokensMax, logitRowsMax));
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static Decoder decoder(ModelFile file, Weights weights, Hyperparameters shape) {
    Metadata meta = file.metadata();
    String name = file.path().toString();
    String a = shape.architecture();
    float[] divisors = weights.vectorIfPresent("rope_freqs.weight", shape.rotated() / 2);
    Rope rope = Rope.read(meta, name, a, shape.rotated(), divisors, PreNormDecoder.pairing(a));
    if (!a.equals("gemma3")) {
      return new PreNormDecoder(weights, shape, rope);
    }
    if (shape.window() < 1) {
      throw new ModelFormatException(name, a + ".attention.sliding_window", "0 or nothing", "at least 1");
    }
    float base = Rope.base(meta, name, a + ".rope.freq_base_swa", 10_000);
    Rope sliding = new Rope(Rope.frequencies(base, shape.rotated()), 1, PreNormDecoder.pairing(a));
    return new Gemma3(weights, shape, rope, sliding);
  }

  private static final class PackedModel implements Model {
    private final Shape shape;
    private final Decoder decoder;
    private final Kernels kernels;
    private final long weightBytes;
    private final Arena arena;
    private final Scratch scratch;

    PackedModel(ModelFile file, Decoder decoder, Kernels kernels, long weightBytes, Arena arena, Scratch scratch) {
      Hyperparameters h = decoder.shape;
      long parameters = file.tensors().values().stream().mapToLong(t -> t.elements()).sum();
      this.shape =
          new Shape(
              h.architecture(), h.layers(), h.width(), h.heads(), h.kvHeads(), h.headSize(), h.vocabulary(),
              h.contextLength(), parameters);
      this.decoder = decoder;
      this.kernels = kernels;
      this.weightBytes = weightBytes;
      this.arena = arena;
      this.scratch = scratch;
    }

    @Override
    public Shape shape() {
      return shape;
    }

    @Override
    public long weightBytes() {
      return weightBytes;
    }

    @Override
    public void forward(Batch batch, KvMemory kv, float[] logits) {
      decoder.forward(kernels, batch, kv, scratch, logits);
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
