package dev.tangram.lab.trial;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.engine.Generation;
import dev.tangram.engine.model.Shape;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.StateMemory;
import dev.tangram.lab.measure.Prompting;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/**
 * What a long prompt takes of memory, beside what the formulas say: {@code memory FILE [TOKENS]}.
 * The rest is Java's heap, its compiled code and its libraries. Linux only.
 */
public final class MemoryPeak {
  private static final int MADE = 32;

  private MemoryPeak() {}

  public static void main(String[] args) throws Exception {
    int tokens = args.length > 1 ? Integer.parseInt(args[1]) : 4096;
    EngineOptions options = EngineOptions.DEFAULT.withContextLength(tokens + 2 * MADE);
    try (Engine engine = Engine.open(Path.of(args[0]), options)) {
      Shape shape = engine.card().shape();
      System.out.printf(
          "%s, %.2f B weights, prompt of %d tokens%n",
          engine.card().name(), shape.parameters() / 1e9, tokens);
      long opened = ProcessStatus.bytes("RssAnon");
      Generation.Finished finished =
          Prompting.end(Prompting.start(engine, Prompting.ids(tokens, 1), MADE, 1));
      line("weights, packed", engine.card().weightBytes());
      long kv = keysAndValues(shape, tokens + MADE);
      line("keys and values of %d positions".formatted(tokens + MADE), kv);
      long state =
          StateMemory.bytesPerSlot(shape.stateLayers(), shape.convolution(), shape.recurrent());
      line("state of one sequence", state);
      long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
      line("Java's heap, committed", heap);
      line("together", engine.card().weightBytes() + kv + state + heap);
      line("measured, opened (RssAnon)", opened);
      line("measured, at the end (RssAnon)", ProcessStatus.bytes("RssAnon"));
      line("measured, peak with mapped file (VmHWM)", ProcessStatus.bytes("VmHWM"));
      System.out.printf(
          "prefill %.1f tokens/s, decode %.1f tokens/s%n",
          tokens / finished.usage().ttftSeconds(), finished.usage().decodeTokensPerSecond());
    }
  }

  private static long keysAndValues(Shape shape, int positions) {
    return KvMemory.bytesPerBlock(shape.kvLayers(), shape.kvHeads(), shape.headSize(), KvType.F32)
        * Math.ceilDiv(positions, KvMemory.BLOCK_LENGTH);
  }

  private static void line(String what, long bytes) {
    System.out.printf("  %-42s %8.1f MB%n", what, bytes / 1e6);
  }
}
