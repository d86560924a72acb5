package dev.tangram.fleet.cost;

import dev.tangram.fleet.chip.Chip;
import dev.tangram.fleet.chip.Figure;
import dev.tangram.fleet.chip.Precision;
import dev.tangram.fleet.cost.Parallelism.Split;
import java.util.ArrayList;
import java.util.List;

/**
 * Figures of a chip that a roofline needs, in bytes, operations and seconds.
 *
 * @param linkBytes one direction; infinite for a single chip
 */
record Rates(
    double memoryBytes, double bandwidth, double compute, double halfCompute, double linkBytes) {
  private static final double GIGA = 1e9;
  private static final double TERA = 1e12;

  /** The names of the figures that the catalogue does not know but this replica needs. */
  static List<String> missing(Replica replica) {
    List<String> missing = new ArrayList<>();
    Chip chip = replica.chip();
    need(missing, chip, "memory", chip.memoryGigabytes());
    need(missing, chip, "bandwidth", chip.bandwidthGigabytesPerSecond());
    need(missing, chip, "dense.fp16", chip.dense(Precision.FP16));
    if (chip.dense(replica.weights().rate()) instanceof Figure.Unknown
        && replica.weights().rate() != Precision.FP16) {
      missing.add(chip.id() + " dense." + replica.weights().rate().word());
    }
    if (linked(replica) && replica.parallelism().chips() <= Assumptions.DEFAULT.nodeChips()) {
      need(missing, chip, "link", chip.linkGigabytesPerSecond());
    }
    return missing;
  }

  /** Of a replica of which nothing is {@link #missing}. */
  static Rates of(Replica replica, Assumptions assumptions) {
    Chip chip = replica.chip();
    double half = number(chip.dense(Precision.FP16)) * TERA;
    // A chip without FP8 or INT8 unpacks such weights and multiplies in 16 bits.
    double compute = chip.dense(replica.weights().rate()).value().orElse(half / TERA) * TERA;
    double link = Double.POSITIVE_INFINITY;
    if (linked(replica)) {
      link =
          replica.parallelism().chips() > assumptions.nodeChips()
              ? assumptions.networkGigabytesPerSecond() * GIGA
              : number(chip.linkGigabytesPerSecond()) / 2 * GIGA;
    }
    return new Rates(
        number(chip.memoryGigabytes()) * GIGA,
        number(chip.bandwidthGigabytesPerSecond()) * GIGA,
        compute,
        half,
        link);
  }

  private static boolean linked(Replica replica) {
    return replica.parallelism().chips() > 1
        && (replica.parallelism().split() == Split.TENSOR || replica.model().experts().isPresent());
  }

  private static void need(List<String> missing, Chip chip, String name, Figure figure) {
    if (!(figure instanceof Figure.Known)) {
      missing.add(chip.id() + " " + name);
    }
  }

  private static double number(Figure figure) {
    return figure.value().orElseThrow();
  }
}
