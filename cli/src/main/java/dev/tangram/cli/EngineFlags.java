package dev.tangram.cli;

import dev.tangram.engine.EngineOptions;
import dev.tangram.kernel.KvType;
import picocli.CommandLine.Option;

/** The options of every command that opens a model. */
final class EngineFlags {
  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      description =
          "Most tokens of one conversation (default: the model's, as far as memory allows).")
  private Integer context;

  @Option(
      names = "--kv-cache-memory",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description =
          "Memory for keys, values and recurrent states, e.g. 2G (default: one full context, at most a quarter of the machine).")
  private ByteSize kvCacheMemory;

  @Option(
      names = "--kv-cache-type",
      paramLabel = "TYPE",
      description =
          "How keys and values are kept: f32, exact (default); f16, half the memory; q8_0, 28%% of it, with a small loss.")
  private String kvCacheType = KvType.F32.word();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the cores this process may use).")
  private Integer threads;

  @Option(
      names = "--kernels",
      paramLabel = "TIER",
      description = "auto, machine, machine-f32, vector or scalar (default: auto).")
  private String kernels = "auto";

  EngineOptions options() {
    EngineOptions options = EngineOptions.DEFAULT.withKernels(kernels);
    if (context != null) {
      options = options.withContextLength(atLeastOne("--context", context));
    }
    if (kvCacheMemory != null) {
      options = options.withKvCacheBytes(kvCacheMemory.bytes());
    }
    options =
        options.withKvType(
            KvType.of(kvCacheType)
                .orElseThrow(
                    () ->
                        Failure.usage(
                            "--kv-cache-type: found \"%s\", allowed: %s",
                            kvCacheType, KvType.words())));
    if (threads != null) {
      options = options.withThreads(atLeastOne("--threads", threads));
    }
    return options;
  }

  private static int atLeastOne(String option, int found) {
    if (found < 1) {
      throw Failure.usage("%s: found %d, allowed: at least 1", option, found);
    }
    return found;
  }
}
