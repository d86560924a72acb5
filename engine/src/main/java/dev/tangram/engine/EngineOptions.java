package dev.tangram.engine;

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
 * @param kernels {@code auto}, {@code machine}, {@code vector} or {@code scalar}
 * @param sequencesMax sequences in one step; default 16
 * @param stepTokensMax tokens in one step, decode and prefill together; default 256
 * @param waitingMax requests in the waiting line; default 256
 * @param speculation how to guess ahead; default: by prompt lookup
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
    Speculation speculation) {
  /** Everything chosen for this machine. */
  public static final EngineOptions DEFAULT =
      new EngineOptions(0, 0, KvType.F32, 0, "auto", 0, 0, 0, Speculation.NGRAM);

  public EngineOptions {
    Objects.requireNonNull(kvType);
    Objects.requireNonNull(kernels);
    Objects.requireNonNull(speculation);
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
        speculation);
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
        speculation);
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
        speculation);
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
        speculation);
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
        speculation);
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
        speculation);
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
        speculation);
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
        speculation);
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
        value);
  }
}
