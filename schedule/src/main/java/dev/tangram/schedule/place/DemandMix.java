package dev.tangram.schedule.place;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is asked for how often: all that a policy knows of the future.
 *
 * @param parts most frequent first; weights sum to 1
 */
public record DemandMix(List<Part> parts) {
  /**
   * @param weight share of all requests, above 0
   */
  public record Part(Demand demand, double weight) {}

  public DemandMix {
    parts = List.copyOf(parts);
  }

  /** Counts these demands. */
  public static DemandMix of(Collection<Demand> demands) {
    Map<Demand, Integer> counts = new LinkedHashMap<>();
    demands.forEach(demand -> counts.merge(demand, 1, Integer::sum));
    List<Part> parts = new ArrayList<>();
    counts.forEach((demand, count) -> parts.add(new Part(demand, (double) count / demands.size())));
    parts.sort(Comparator.comparingDouble(Part::weight).reversed());
    return new DemandMix(parts);
  }

  /** The most frequent parts that together have at least this share, as if there were no others. */
  public DemandMix most(double share) {
    List<Part> kept = new ArrayList<>();
    double sum = 0;
    for (Part part : parts) {
      if (sum >= share) {
        break;
      }
      kept.add(part);
      sum += part.weight();
    }
    double all = sum;
    return new DemandMix(
        kept.stream().map(part -> new Part(part.demand(), part.weight() / all)).toList());
  }
}
