package dev.tangram.cli;

import dev.tangram.cli.text.Table;
import dev.tangram.fleet.chip.Chip;
import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.chip.Figure;
import dev.tangram.fleet.chip.ImportStatus;
import dev.tangram.fleet.chip.Precision;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tangram chips}. */
@Command(
    name = "chips",
    description = {
      "List the chips that plans can use, or tell all about some of them.",
      "Figures are the vendors' peaks; what nobody published is said to be unknown."
    })
final class ChipsCommand implements Callable<Integer> {
  /** Nine columns have to fit 100. */
  private static final int GAP = 2;

  private static final MathContext FIGURES = new MathContext(4);
  private static final MathContext WHOLE = new MathContext(3);

  private final Surroundings surroundings;

  @Parameters(paramLabel = "CHIP", arity = "0..*", description = "Ids or names; all if left out.")
  private List<String> wanted = List.of();

  @Option(
      names = "--origin",
      paramLabel = "COUNTRY",
      description = "Only chips of vendors from there, such as CN. Repeatable.")
  private List<String> origins = List.of();

  @Option(
      names = "--vendor",
      paramLabel = "NAME",
      description = "Only chips of this vendor. Repeatable.")
  private List<String> vendors = List.of();

  @Option(
      names = "--without-vendor",
      paramLabel = "NAME",
      description = "No chips of this vendor. Repeatable.")
  private List<String> withoutVendors = List.of();

  @Mixin private ChipFlags catalogue;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ChipsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    List<Chip> chips = chosen(catalogue.catalogue()).stream().filter(this::matches).toList();
    var screen = surroundings.screen();
    if (json) {
      screen.out().print(JsonText.write(chips.stream().map(ChipsCommand::facts).toList()));
    } else if (wanted.isEmpty()) {
      screen.out().print(table(chips));
      screen
          .err()
          .println(
              screen.dimErr(
                  "TFLOPS: FP16/FP8/INT8, dense. ?: unknown, -: none. Status: the latest report."
                      + " tangram chips CHIP tells all."));
    } else {
      screen.out().print(chips.stream().map(ChipsCommand::page).collect(Collectors.joining("\n")));
    }
    return 0;
  }

  private List<Chip> chosen(ChipCatalogue catalogue) {
    if (wanted.isEmpty()) {
      return List.copyOf(catalogue.chips());
    }
    return wanted.stream().map(name -> ChipFlags.find(catalogue, name)).toList();
  }

  private boolean matches(Chip chip) {
    return (origins.isEmpty() || origins.stream().anyMatch(chip.origin()::equalsIgnoreCase))
        && (vendors.isEmpty() || vendors.stream().anyMatch(chip.vendor()::equalsIgnoreCase))
        && withoutVendors.stream().noneMatch(chip.vendor()::equalsIgnoreCase);
  }

  static String table(List<Chip> chips) {
    Table table =
        new Table(GAP, "ID", "VENDOR", "GB", "GB/s", "TFLOPS", "LINK", "W", "FROM", "STATUS");
    for (Chip chip : chips) {
      table.row(
          chip.id(),
          chip.vendor(),
          brief(chip.memoryGigabytes(), WHOLE),
          brief(chip.bandwidthGigabytesPerSecond(), FIGURES),
          chip.denseTeraflops().values().stream()
              .map(rate -> brief(rate, FIGURES))
              .collect(Collectors.joining("/")),
          brief(chip.linkGigabytesPerSecond(), FIGURES),
          brief(chip.powerWatts(), FIGURES),
          chip.origin(),
          chip.latestStatus().map(ChipsCommand::brief).orElse("none known"));
    }
    return table.render();
  }

  private static String brief(ImportStatus status) {
    // The month is enough to see how old a report is.
    return status.rule().word()
        + " "
        + status.asOf().substring(0, Math.min(7, status.asOf().length()));
  }

  private static String brief(Figure figure, MathContext figures) {
    return switch (figure) {
      case Figure.Known(double amount) -> plain(amount, figures);
      case Figure.Unknown _ -> "?";
      case Figure.Absent _ -> "-";
    };
  }

  private static String page(Chip chip) {
    StringBuilder page = new StringBuilder();
    line(page, "chip", chip.id() + " (" + chip.name() + ")");
    line(page, "vendor", chip.vendor() + ", " + chip.origin());
    line(page, "memory", full(chip.memoryGigabytes(), "GB"));
    line(page, "bandwidth", full(chip.bandwidthGigabytesPerSecond(), "GB/s"));
    chip.denseTeraflops()
        .forEach((precision, rate) -> line(page, precision.word(), full(rate, "TFLOPS")));
    line(page, "link", full(chip.linkGigabytesPerSecond(), "GB/s, both directions"));
    line(page, "power", full(chip.powerWatts(), "W"));
    line(page, "resource", chip.resource().isEmpty() ? "unknown" : chip.resource());
    line(page, "engines", chip.engines().isEmpty() ? "unknown" : String.join(", ", chip.engines()));
    for (ImportStatus status : chip.status()) {
      line(
          page,
          "status",
          "%s, buyers in %s: %s%s [%s]"
              .formatted(
                  status.asOf(),
                  status.destination(),
                  status.rule().word(),
                  status.note().isEmpty() ? "" : " (" + status.note() + ")",
                  status.source()));
    }
    chip.notes().forEach(note -> line(page, "note", note));
    return page.toString();
  }

  private static void line(StringBuilder page, String name, String text) {
    page.append("%-11s".formatted(name)).append(text).append('\n');
  }

  private static String full(Figure figure, String unit) {
    return switch (figure) {
      case Figure.Known(double amount) -> plain(amount, FIGURES) + " " + unit;
      case Figure.Unknown _ -> "unknown";
      case Figure.Absent _ -> "none";
    };
  }

  private static String plain(double amount, MathContext figures) {
    return new BigDecimal(amount).round(figures).stripTrailingZeros().toPlainString();
  }

  private static Map<String, Object> facts(Chip chip) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("id", chip.id());
    facts.put("name", chip.name());
    facts.put("vendor", chip.vendor());
    facts.put("origin", chip.origin());
    facts.put("memory_gb", fact(chip.memoryGigabytes()));
    facts.put("bandwidth_gb_per_s", fact(chip.bandwidthGigabytesPerSecond()));
    for (Precision precision : Precision.values()) {
      facts.put("dense_" + precision.word() + "_tflops", fact(chip.dense(precision)));
    }
    facts.put("link_gb_per_s", fact(chip.linkGigabytesPerSecond()));
    facts.put("power_w", fact(chip.powerWatts()));
    facts.put("kubernetes_resource", chip.resource().isEmpty() ? "unknown" : chip.resource());
    facts.put("engines", chip.engines());
    facts.put("aliases", chip.aliases());
    facts.put("status", chip.status().stream().map(ChipsCommand::fact).toList());
    facts.put("notes", chip.notes());
    return facts;
  }

  /** A number, or the word that says why there is none. */
  private static Object fact(Figure figure) {
    return switch (figure) {
      case Figure.Known(double amount) -> amount;
      case Figure.Unknown _ -> "unknown";
      case Figure.Absent _ -> "none";
    };
  }

  private static Map<String, Object> fact(ImportStatus status) {
    Map<String, Object> fact = new LinkedHashMap<>();
    fact.put("as_of", status.asOf());
    fact.put("destination", status.destination());
    fact.put("rule", status.rule().word());
    fact.put("note", status.note());
    fact.put("source", status.source());
    return fact;
  }
}
