package dev.tangram.fleet.workload;

import dev.tangram.fleet.file.CsvTable;
import dev.tangram.fleet.file.FleetFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Requests that were recorded somewhere.
 *
 * @param requests in order of arrival, the first at 0; all of model 0
 */
public record Trace(List<Request> requests) {
  static final int TOKENS_MAX = 100_000_000;

  public Trace {
    requests = List.copyOf(requests);
  }

  /**
   * Reads a trace: a file that ends in {@code .jsonl} as Mooncake's, one that ends in {@code .csv}
   * as Azure's of 2023.
   *
   * @throws FleetFormatException names line and field of what is wrong
   */
  public static Trace read(Path path) throws IOException {
    String file = path.toString();
    if (file.endsWith(".jsonl")) {
      return MooncakeTrace.read(path);
    }
    if (file.endsWith(".csv")) {
      return AzureTrace.of(CsvTable.read(path));
    }
    throw new FleetFormatException(
        file, 1, "", "a name with another ending", ".jsonl (Mooncake) or .csv (Azure LLM)");
  }

  /** Its arrivals as they were, as far as {@code untilSeconds}. */
  public Workload replay(double untilSeconds) {
    long untilNanos = (long) Math.min(Long.MAX_VALUE, untilSeconds * 1e9);
    Iterator<Request> rest =
        requests.stream().takeWhile(r -> r.arrivalNanos() <= untilNanos).iterator();
    return () -> rest.hasNext() ? Optional.of(rest.next()) : Optional.empty();
  }
}
