package dev.tangram.engine;

import dev.tangram.engine.packed.PackedCopies;
import dev.tangram.kernel.KvType;
import java.util.Objects;

/**
 * Settings of one engine; 0 means: choose.
 *
 * @param contextLength most positions of one sequence; default: the model's, as far as the KV
 *     budget holds it
 * @param kvCacheBytes memory for keys, values and recurrent states; default: as much as one full
 *     context needs, and a state for every sequence, at most a quarter of the machine's memory
 * @param kvType how keys and values are kept; default f32, which alone gives the model's own logits
 *     to rounding
 * @param threads kernel threads; default: the physical cores this process may use
 * @param kernels {@code auto}, {@code machine}, {@code machine-f32}, {@code vector} or {@code
 *     scalar}
 * @param sequencesMax sequences in one step; default 16
 * @param stepTokensMax tokens in one step, decode and prefill together; default 256
 * @param waitingMax requests in the waiting line; default 256
 * @param speculation how to guess ahead; default: by prompt lookup
 * @param packedCopies where packed copies of models are kept; default: nowhere
 */
public record EngineOptions(
    int contextLength,
    long kvCacheBytes,
    KvType kvType,
    int threads,
    String kernels,
    int sequencesMax,
    int stepTokensMax,
    int waitingMax,
    Speculation speculation,
    PackedCopies packedCopies) {
  /** Everything chosen for this machine. */
  public static final EngineOptions DEFAULT =
      new EngineOptions(0, 0, KvType.F32, 0, "auto", 0, 0, 0, Speculation.NGRAM, PackedCopies.OFF);

  public EngineOptions {
    Objects.requireNonNull(kvType);
    Objects.requireNonNull(kernels);
    Objects.requireNonNull(speculation);
    Objects.requireNonNull(packedCopies);
  }

  public EngineOptions withContextLength(int value) {
    return new EngineOptions(
        value,
        kvCacheBytes,
        kvType,
        threads,
        kernels,
        sequencesMax,
        stepTokensMax,
        waitingMax,
        speculation,
        packedCopies);
  }

  public EngineOptions withKvCacheBytes(long value) {
    return new EngineOptions(
        contextLength,
        value,
        kvType,
        threads,
        kernels,
        sequencesMax,
        stepTokensMax,
        waitingMax,
        speculation,
        packedCopies);
  }

  public EngineOptions withKvType(KvType value) {
    return new EngineOptions(
        contextLength,
        kvCacheBytes,
        value,
        threads,
        kernels,
        sequencesMax,
        stepTokensMax,
        waitingMax,
        speculation,
        packedCopies);
  }

  public EngineOptions withThreads(int value) {
    return new EngineOptions(
        contextLength,
        kvCacheBytes,
        kvType,
        value,
        kernels,
        sequencesMax,
        stepTokensMax,
        waitingMax,
        speculation,
        packedCopies);
  }

  public EngineOptions withKernels(String value) {
    return new EngineOptions(
        contextLength,
        kvCacheBytes,
        kvType,
        threads,
        value,
        sequencesMax,
        stepTokensMax,
        waitingMax,
        speculation,
        packedCopies);
  }

  public EngineOptions withSequencesMax(int value) {
    return new EngineOptions(
        contextLength,
        kvCacheBytes,
        kvType,
        threads,
        kernels,
        value,
        stepTokensMax,
        waitingMax,
        speculation,
        packedCopies);
  }

  public EngineOptions withStepTokensMax(int value) {
    return new EngineOptions(
        contextLength,
        kvCacheBytes,
        kvType,
        threads,
        kernels,
        sequencesMax,
        value,
        waitingMax,
        speculation,
        packedCopies);
  }

  public EngineOptions withWaitingMax(int value) {
    return new EngineOptions(
        contextLength,
        kvCacheBytes,
        kvType,
        threads,
        kernels,
        sequencesMax,
        stepTokensMax,
        value,
        speculation,
        packedCopies);
  }

  public EngineOptions withSpeculation(Speculation value) {
    return new EngineOptions(
        contextLength,
        kvCacheBytes,
        kvType,
        threads,
        kernels,
        sequencesMax,
        stepTokensMax,
        waitingMax,
        value,
        packedCopies);
  }

  public EngineOptions withPackedCopies(PackedCopies value) {
    return new EngineOptions(
        contextLength,
        kvCacheBytes,
        kvType,
        threads,
        kernels,
        sequencesMax,
        stepTokensMax,
        waitingMax,
        speculation,
        value);
  }
}
