package dev.tangram.fleet.chip;

import dev.tangram.fleet.file.Fields;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads {@code chips:} of a YAML file; a chip that is known already is changed field by field. */
final class ChipReader {
  private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
  private static final Pattern QUANTITY =
      Pattern.compile("([-+]?[0-9][0-9_]*(?:\\.[0-9]+)?)\\s*([A-Za-z/]*)");
  private static final double FIGURE_MAX = 1e9;

  /** Units of a field, each with what it is of the field's own unit. */
  private enum Unit {
    MEMORY("GB", Map.of("GB", 1.0, "TB", 1000.0, "GiB", 1.073741824, "MiB", 0.001048576)),
    BANDWIDTH("GB/s", Map.of("GB/s", 1.0, "TB/s", 1000.0)),
    COMPUTE("TFLOPS", Map.of("TFLOPS", 1.0, "PFLOPS", 1000.0, "TOPS", 1.0, "POPS", 1000.0)),
    POWER("W", Map.of("W", 1.0, "kW", 1000.0));

    private final String first;
    private final Map<String, Double> factors;

    Unit(String first, Map<String, Double> factors) {
      this.first = first;
      this.factors = factors;
    }

    String allowed(boolean absent) {
      String units = factors.keySet().stream().sorted().collect(Collectors.joining(", "));
      return "a positive number with a unit (%s) such as 96 %s, or unknown%s"
          .formatted(units, first, absent ? ", or none" : "");
    }
  }

  private ChipReader() {}

  /** The chips of the file laid over those that were known before. */
  static Map<String, Chip> read(Fields file, Map<String, Chip> before) {
    file.allowOnly("chips");
    Fields chips = file.group("chips");
    Map<String, Chip> all = new LinkedHashMap<>(before);
    for (String id : chips.names()) {
      if (!ID.matcher(id).matches()) {
        throw chips.wrong(id, '"' + id + '"', "lower-case words joined by hyphens");
      }
      all.put(id, chip(id, chips.group(id), before.get(id)));
    }
    return all;
  }

  private static Chip chip(String id, Fields in, Chip base) {
    in.allowOnly(
        "name",
        "vendor",
        "origin",
        "memory",
        "bandwidth",
        "dense",
        "link",
        "power",
        "resource",
        "engines",
        "aliases",
        "status",
        "notes");
    boolean fresh = base == null;
    return new Chip(
        id,
        fresh || in.has("name") ? in.line("name") : base.name(),
        fresh || in.has("vendor") ? in.line("vendor") : base.vendor(),
        fresh || in.has("origin") ? StatusReader.country(in, "origin") : base.origin(),
        figure(in, "memory", Unit.MEMORY, false, fresh ? null : base.memoryGigabytes()),
        figure(
            in,
            "bandwidth",
            Unit.BANDWIDTH,
            false,
            fresh ? null : base.bandwidthGigabytesPerSecond()),
        dense(in, fresh ? Map.of() : base.denseTeraflops()),
        figure(in, "link", Unit.BANDWIDTH, true, fresh ? null : base.linkGigabytesPerSecond()),
        figure(in, "power", Unit.POWER, false, fresh ? null : base.powerWatts()),
        in.has("resource") ? in.line("resource") : fresh ? "" : base.resource(),
        fresh || in.has("engines") ? in.words("engines") : base.engines(),
        fresh || in.has("aliases") ? in.words("aliases") : base.aliases(),
        fresh || in.has("status") ? StatusReader.status(in) : base.status(),
        fresh || in.has("notes") ? in.words("notes") : base.notes());
  }

  private static Map<Precision, Figure> dense(Fields in, Map<Precision, Figure> base) {
    var figures = new EnumMap<Precision, Figure>(Precision.class);
    figures.putAll(base);
    in.optionalGroup("dense")
        .ifPresent(
            group -> {
              group.allowOnly(
                  Arrays.stream(Precision.values()).map(Precision::word).toArray(String[]::new));
              for (Precision precision : Precision.values()) {
                if (group.has(precision.word())) {
                  figures.put(precision, figure(group, precision.word(), Unit.COMPUTE, true, null));
                }
              }
            });
    return figures;
  }

  /**
   * A missing field of a new chip must be written as {@code unknown}: nothing is left out silently.
   */
  private static Figure figure(Fields in, String name, Unit unit, boolean absent, Figure base) {
    if (base != null && !in.has(name)) {
      return base;
    }
    if (!in.has(name)) {
      throw in.wrong(name, "no such field", unit.allowed(absent));
    }
    String text = in.text(name);
    if (text.equals("unknown")) {
      return Figure.UNKNOWN;
    }
    if (text.equals("none") && absent) {
      return Figure.ABSENT;
    }
    Matcher quantity = QUANTITY.matcher(text);
    if (quantity.matches() && unit.factors.containsKey(quantity.group(2))) {
      double value =
          Double.parseDouble(quantity.group(1).replace("_", ""))
              * unit.factors.get(quantity.group(2));
      if (value > 0 && value < FIGURE_MAX) {
        return new Figure.Known(value);
      }
    }
    throw in.wrong(name, '"' + text + '"', unit.allowed(absent));
  }
}
