package dev.tangram.lab.place;

import dev.tangram.schedule.place.*;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/** The published experiment: pods for 130 % of the chips, and how much of the chips they got. */
public final class OpenbReplay {
  private OpenbReplay() {}

  static Policy policy(String name, Openb trace, ChipLedger ledger) {
    return switch (name) {
      case "Random" -> new RandomFit();
      case "DotProd" -> new DotProduct();
      case "GpuClustering" -> new GpuClustering();
      case "GpuPacking" -> new GpuPacking();
      case "BestFit" -> new BestFit();
      case "FGD" -> new FragmentationGradient(DemandMix.of(trace.demandsWithoutMemory()).most(0.95), ledger);
      default -> throw new IllegalArgumentException(name);
    };
  }

  public static void main(String[] args) throws IOException {
    for (String t : args[0].split(",")) {
      Openb trace = Openb.read(t);
      for (String name : args[1].split(",")) {
        double sum = 0;
        StringBuilder each = new StringBuilder();
        int seeds = args.length > 2 ? Integer.parseInt(args[2]) : 10;
        long start = System.nanoTime();
        for (int seed = 42; seed < 42 + seeds; seed++) {
          Openb.Arrivals arrivals = trace.arrivals(seed, 130);
          ChipLedger ledger = new ChipLedger(arrivals.nodes());
          Placement placement = new Placement(ledger, policy(name, trace, ledger));
          GoRandom draws = new GoRandom(seed + 1000);
          for (Request request : arrivals.pods()) placement.decide(request, draws.int63());
          ledger.check();
          double pc = 100.0 * ledger.milliTaken() / ledger.milliInAll();
          sum += pc;
          each.append(String.format(" %.2f", pc));
        }
        System.out.printf("%s %s %.2f:%s %.1f s%n", t, name, sum / seeds, each, (System.nanoTime() - start) / 1e9);
      }
    }
  }
}
