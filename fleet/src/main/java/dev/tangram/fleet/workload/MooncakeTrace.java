package dev.tangram.fleet.workload;

import dev.tangram.fleet.file.Fields;
import dev.tangram.fleet.file.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Mooncake's JSON lines: {@code timestamp} in ms, {@code input_length}, {@code output_length}, and
 * {@code hash_ids}, one id for 512 tokens of the prompt.
 */
final class MooncakeTrace {
  private static final int STRETCH = 512;
  private static final long MILLIS_MAX = 1L << 42;
  private static final long MILLI = 1_000_000;

  private MooncakeTrace() {}

  static Trace read(Path path) throws IOException {
    return of(JsonLines.read(path));
  }

  static Trace of(List<Fields> lines) {
    List<Request> requests = new ArrayList<>(lines.size());
    long before = 0;
    long first = 0;
    for (Fields line : lines) {
      long millis = line.integer("timestamp", 0, MILLIS_MAX);
      if (requests.isEmpty()) {
        first = millis;
      } else if (millis < before) {
        throw line.wrong("timestamp", "" + millis, "at least the line before: " + before);
      }
      before = millis;
      int prompt = (int) line.integer("input_length", 1, Trace.TOKENS_MAX);
      int output = (int) line.integer("output_length", 1, Trace.TOKENS_MAX);
      int[] prefix = line.integers("hash_ids", 0, Integer.MAX_VALUE);
      int stretches = Math.ceilDiv(prompt, STRETCH);
      if (prefix.length > stretches) {
        throw line.wrong(
            "hash_ids",
            prefix.length + " ids",
            "at most %d for %d tokens, one for %d".formatted(stretches, prompt, STRETCH));
      }
      requests.add(new Request((millis - first) * MILLI, 0, prompt, output, prefix, STRETCH));
    }
    return new Trace(requests);
  }
}
