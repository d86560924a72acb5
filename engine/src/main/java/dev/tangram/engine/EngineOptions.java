package dev.tangram.engine;

/**
 * Settings of one engine; 0 means: choose.
 *
 * @param contextLength most positions of one sequence; default: the model's, as far as the KV
 *     budget holds it
 * @param kvCacheBytes memory for keys and values; default: as much as one full context needs, at
 *     most a quarter of the machine's memory
 * @param threads kernel threads; default: the physical cores this process may use
 * @param kernels {@code auto}, {@code machine}, {@code vector} or {@code scalar}
 * @param sequencesMax sequences in one step; default 16
 * @param stepTokensMax tokens in one step, decode and prefill together; default 256
 * @param waitingMax requests in the waiting line; default 256
 */
public record EngineOptions(
    int contextLength,
    long kvCacheBytes,
    int threads,
    String kernels,
    int sequencesMax,
    int stepTokensMax,
    int waitingMax) {
  /** Everything chosen for this machine. */
  public static final EngineOptions DEFAULT = new EngineOptions(0, 0, 0, "auto", 0, 0, 0);

  public EngineOptions withContextLength(int value) {
    return new EngineOptions(
        value, kvCacheBytes, threads, kernels, sequencesMax, stepTokensMax, waitingMax);
  }

  public EngineOptions withKvCacheBytes(long value) {
    return new EngineOptions(
        contextLength, value, threads, kernels, sequencesMax, stepTokensMax, waitingMax);
  }

  public EngineOptions withThreads(int value) {
    return new EngineOptions(
        contextLength, kvCacheBytes, value, kernels, sequencesMax, stepTokensMax, waitingMax);
  }

  public EngineOptions withKernels(String value) {
    return new EngineOptions(
        contextLength, kvCacheBytes, threads, value, sequencesMax, stepTokensMax, waitingMax);
  }

  public EngineOptions withSequencesMax(int value) {
    return new EngineOptions(
        contextLength, kvCacheBytes, threads, kernels, value, stepTokensMax, waitingMax);
  }

  public EngineOptions withStepTokensMax(int value) {
    return new EngineOptions(
        contextLength, kvCacheBytes, threads, kernels, sequencesMax, value, waitingMax);
  }

  public EngineOptions withWaitingMax(int value) {
    return new EngineOptions(
        contextLength, kvCacheBytes, threads, kernels, sequencesMax, stepTokensMax, value);
  }
}
