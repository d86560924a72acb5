package dev.tangram.engine.model;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.packed.ModelCopy;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Opens models: reads the numbers, checks every tensor, then packs. */
public final class Models {
  /** Architectures that this engine runs, as files name them. */
  public static final List<String> ARCHITECTURES =
      Arrays.stream(Architecture.values()).map(Architecture::word).toList();

  private Models() {}

  /**
   * Opens a model without telling how far it is; see {@link #open(ModelFile, Kernels, int, int,
   * LongConsumer)}.
   */
  public static Model open(ModelFile file, Kernels kernels, int stepTokensMax, int logitRowsMax) {
    return open(file, kernels, stepTokensMax, logitRowsMax, bytes -> {});
  }

  /**
   * Builds a model. Nothing is packed before all of the file is known to be sound and the machine
   * to be large enough.
   *
   * @param stepTokensMax most tokens in one step, at least 1
   * @param logitRowsMax most rows of logits in one step, at least 1
   * @param progress told the bytes of the file's weights that are packed so far, on the calling
   *     thread; at the end a little less than {@link ModelFile#bytes}
   * @throws ModelFormatException if the architecture is unknown, a number absurd, a tensor missing,
   *     misshapen, without use or not finite
   * @throws UncheckedIOException if the file is cut while it is read
   * @throws ModelTooLargeException if it does not fit the machine's memory or Java's heap
   */
  public static Model open(
      ModelFile file, Kernels kernels, int stepTokensMax, int logitRowsMax, LongConsumer progress) {
    return open(file, kernels, stepTokensMax, logitRowsMax, progress, ModelCopy.none());
  }

  /**
   * As {@link #open(ModelFile, Kernels, int, int, LongConsumer)}; matrices come from a copy if a
   * good one was read, and else are kept for the next time.
   *
   * @param copy of this file; closed when the model is, or if opening fails
   */
  public static Model open(
      ModelFile file,
      Kernels kernels,
      int stepTokensMax,
      int logitRowsMax,
      LongConsumer progress,
      ModelCopy copy) {
    Arena arena = Arena.ofShared();
    try {
      if (stepTokensMax < 1 || logitRowsMax < 1) {
        throw new IllegalArgumentException(
            "stepTokensMax %d, logitRowsMax %d: each must be at least 1"
                .formatted(stepTokensMax, logitRowsMax));
      }
      Architecture architecture = Architecture.of(file);
      Hyperparameters shape = Hyperparameters.read(file);
      Memory.checkScratch(file, shape, stepTokensMax, logitRowsMax);
      Weights weights = checked(file, kernels, arena, progress, copy, architecture, shape);
      Scratch scratch = new Scratch(shape, stepTokensMax, logitRowsMax);
      Decoder decoder = decoder(file, weights, architecture, shape);
      if (!copy.present()) {
        copy.keep(weights.packed());
      }
      return new PackedModel(file, decoder, kernels, weights.packedBytes(), arena, copy, scratch);
    } catch (InternalError e) {
      // What reading a mapped page beyond the end of a file throws, once that file was cut.
      copy.close();
      arena.close();
      throw new UncheckedIOException(
          "the file %s became shorter while it was being read".formatted(file.path()),
          new IOException(e));
    } catch (RuntimeException | Error e) {
      copy.close();
      arena.close();
      throw e;
    }
  }

  /** The weights after the pass that checks, ready to be asked for their matrices. */
  private static Weights checked(
      ModelFile file,
      Kernels kernels,
      Arena arena,
      LongConsumer progress,
      ModelCopy copy,
      Architecture architecture,
      Hyperparameters shape) {
    if (copy.present()) {
      Weights weights = new Weights(file, kernels, arena, progress);
      weights.trustMatrices();
      decoder(file, weights, architecture, shape);
      weights.checkAllAreUsed();
      Optional<List<Matrix>> copied = copy.take(weights.asked());
      if (copied.isPresent()) {
        weights.startTaking(copied.get());
        return weights;
      }
    }
    Memory.checkWeights(file);
    Weights weights = new Weights(file, kernels, arena, progress);
    decoder(file, weights, architecture, shape);
    weights.checkAllAreUsed();
    weights.startPacking();
    return weights;
  }

  /**
   * Asks, before a model is opened, whether its weights fit this machine together with a budget for
   * keys and values.
   *
   * @param cacheBytes what was asked for; 0 if it will be chosen to fit, which is not checked
   * @throws ModelTooLargeException if they do not
   */
  public static void checkMemory(ModelFile file, long cacheBytes) {
    Memory.checkWeights(file);
    Memory.checkWithCache(file, cacheBytes);
  }

  private static Decoder decoder(
      ModelFile file, Weights weights, Architecture architecture, Hyperparameters shape) {
    float[] divisors =
        weights.vector("rope_freqs.weight", shape.rotated() / 2, Architecture.Presence.OPTIONAL);
    Rope rope = Ropes.read(file, architecture, shape, divisors);
    return switch (architecture) {
      case QWEN2, QWEN3, LLAMA, QWEN3MOE, QWEN3NEXT, QWEN35, QWEN35MOE ->
          new PreNormDecoder(weights, shape, architecture, rope);
      case GEMMA3 -> new Gemma3(weights, shape, rope, Ropes.sliding(file, architecture, shape));
    };
  }

  private static final class PackedModel implements Model {
    private final Shape shape;
    private final Decoder decoder;
    private final Kernels kernels;
    private final long weightBytes;
    private final Arena arena;
    private final ModelCopy copy;
    private final Scratch scratch;

    PackedModel(
        ModelFile file,
        Decoder decoder,
        Kernels kernels,
        long weightBytes,
        Arena arena,
        ModelCopy copy,
        Scratch scratch) {
      long parameters = file.tensors().values().stream().mapToLong(t -> t.elements()).sum();
      this.shape = decoder.shape.shape(parameters);
      this.decoder = decoder;
      this.kernels = kernels;
      this.weightBytes = weightBytes;
      this.arena = arena;
      this.copy = copy;
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
    public void forward(
        Batch batch, KvMemory kv, StateMemory state, float[] logits, float[] hidden) {
      decoder.forward(kernels, batch, kv, state, scratch, logits, hidden);
    }

    @Override
    public void again(List<Span> spans, StateMemory state) {
      if (state != null) {
        decoder.again(kernels, spans, state, scratch);
      }
    }

    @Override
    public Optional<Draft> draft() {
      return decoder
          .draft()
          .map(
              head ->
                  (batch, hidden, kv, logits, next) ->
                      head.forward(kernels, batch, hidden, kv, scratch, logits, next));
    }

    @Override
    public void close() {
      copy.close();
      arena.close();
    }
  }
}
