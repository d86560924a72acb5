package dev.tangram.cli;

import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.packed.PackedCopies;
import dev.tangram.kernel.KvType;
import dev.tangram.server.store.ModelStore;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that opens a model. */
final class EngineFlags {
  private static final String COPIES_VARIABLE = "TANGRAM_PACKED_COPIES";

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

  @Option(
      names = "--packed-copies",
      paramLabel = "SIZE",
      description =
          "Disk space for packed copies of models, which make later starts fast, e.g. 50G, or off (default: TANGRAM_PACKED_COPIES or 20 GB).")
  private String packedCopies;

  @Mixin private SpeculationFlags speculation;

  EngineOptions options(Map<String, String> env) {
    EngineOptions options =
        EngineOptions.DEFAULT.withKernels(kernels).withPackedCopies(copies(env));
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
    return options.withSpeculation(speculation.speculation());
  }

  private PackedCopies copies(Map<String, String> env) {
    String text = packedCopies != null ? packedCopies : env.getOrDefault(COPIES_VARIABLE, "");
    Path root = ModelStore.defaultRoot(env);
    if (text.isBlank()) {
      return ModelStore.packedCopies(root, PackedCopies.BYTES_MAX_DEFAULT);
    }
    if (text.equals("off") || text.equals("0")) {
      return ModelStore.packedCopies(root, 0);
    }
    try {
      return ModelStore.packedCopies(root, ByteSize.parse(text).bytes());
    } catch (IllegalArgumentException e) {
      throw Failure.usage(
          "%s: %s, or off",
          packedCopies != null ? "--packed-copies" : COPIES_VARIABLE, e.getMessage());
    }
  }

  private static int atLeastOne(String option, int found) {
    if (found < 1) {
      throw Failure.usage("%s: found %d, allowed: at least 1", option, found);
    }
    return found;
  }
}
