package dev.tangram.fleet.chip;

import dev.tangram.fleet.chip.ImportStatus.Rule;
import dev.tangram.fleet.file.Fields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads what files say about buying chips: those of a catalogue, and those of a fleet's pools. */
public final class StatusReader {
  private static final Pattern DATE = Pattern.compile("\\d{4}(-(0[1-9]|1[0-2])(-[0-3]\\d)?)?");

  private StatusReader() {}

  /**
   * The reports under {@code status:}, oldest first; none if the field is missing.
   *
   * @throws dev.tangram.fleet.file.FleetFormatException if one is wrong or out of order
   */
  public static List<ImportStatus> status(Fields in) {
    List<ImportStatus> reports = new ArrayList<>();
    for (Fields report : in.groups("status")) {
      report.allowOnly("asOf", "in", "rule", "note", "source");
      String asOf = report.text("asOf");
      if (!DATE.matcher(asOf).matches()) {
        throw report.wrong("asOf", '"' + asOf + '"', "a date such as 2025-04-09, 2025-04 or 2025");
      }
      if (!reports.isEmpty() && reports.getLast().asOf().compareTo(asOf) > 0) {
        throw report.wrong("asOf", asOf + " after " + reports.getLast().asOf(), "oldest first");
      }
      reports.add(
          new ImportStatus(
              asOf,
              country(report, "in"),
              rule(report),
              report.has("note") ? report.line("note") : "",
              report.line("source")));
    }
    return reports;
  }

  private static Rule rule(Fields report) {
    String word = report.text("rule");
    for (Rule rule : Rule.values()) {
      if (rule.word().equals(word)) {
        return rule;
      }
    }
    throw report.wrong(
        "rule",
        '"' + word + '"',
        Arrays.stream(Rule.values()).map(Rule::word).collect(Collectors.joining(", ")));
  }

  /**
   * A country code that must be there.
   *
   * @throws dev.tangram.fleet.file.FleetFormatException if it is none
   */
  public static String country(Fields in, String name) {
    String code = in.text(name);
    if (code.length() == 2 && code.equals(code.toUpperCase(Locale.ROOT))) {
      return code;
    }
    throw in.wrong(name, '"' + code + '"', "a country code such as CN or US");
  }
}
