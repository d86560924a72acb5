package dev.tangram.fleet.chip;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One kind of chip, as its vendor describes it unless a note says otherwise.
 *
 * @param id lower-case words joined by hyphens; never changes
 * @param origin country code of the vendor
 * @param memoryGigabytes 10^9 bytes, as vendors count
 * @param bandwidthGigabytesPerSecond of the memory
 * @param denseTeraflops peak without sparsity; every precision has an entry
 * @param linkGigabytesPerSecond to the other chips of the node, both directions together
 * @param powerWatts of the card
 * @param resource what Kubernetes calls it; empty if unknown
 * @param aliases names that measurements use for it
 * @param status newest last
 */
public record Chip(
    String id,
    String name,
    String vendor,
    String origin,
    Figure memoryGigabytes,
    Figure bandwidthGigabytesPerSecond,
    Map<Precision, Figure> denseTeraflops,
    Figure linkGigabytesPerSecond,
    Figure powerWatts,
    String resource,
    List<String> engines,
    List<String> aliases,
    List<ImportStatus> status,
    List<String> notes) {

  public Chip {
    var all = new EnumMap<Precision, Figure>(Precision.class);
    for (Precision precision : Precision.values()) {
      all.put(precision, denseTeraflops.getOrDefault(precision, Figure.UNKNOWN));
    }
    denseTeraflops = java.util.Collections.unmodifiableMap(all);
    engines = List.copyOf(engines);
    aliases = List.copyOf(aliases);
    status = List.copyOf(status);
    notes = List.copyOf(notes);
  }

  public Figure dense(Precision precision) {
    return denseTeraflops.get(precision);
  }

  /** The newest report, if there is one. */
  public Optional<ImportStatus> latestStatus() {
    return status.isEmpty() ? Optional.empty() : Optional.of(status.getLast());
  }
}
