package dev.tangram.cli;

import dev.tangram.fleet.day.DayOptions;
import dev.tangram.fleet.day.DayShape;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A plan's day, and what it assumes. */
final class DayFlags {
  @Option(
      names = "--day",
      description =
          "Also simulate a day: servers fail, replicas move, and a sample of each group serves its"
              + " requests one by one.")
  private boolean day;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the day (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--night",
      paramLabel = "SHARE",
      defaultValue = "0.3",
      description = "Of the demand at the quietest hour (default: ${DEFAULT-VALUE}).")
  private double night;

  @Option(
      names = "--peak-hour",
      paramLabel = "H",
      defaultValue = "15",
      description = "When the whole demand comes (default: ${DEFAULT-VALUE}).")
  private double peakHour;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "2",
      description = "Replicas of each group that are simulated (default: ${DEFAULT-VALUE}).")
  private int sample;

  @Option(
      names = "--hour-seconds",
      paramLabel = "S",
      defaultValue = "60",
      description = "Of each hour that are simulated (default: ${DEFAULT-VALUE}).")
  private double hourSeconds;

  @Option(
      names = "--length-variation",
      paramLabel = "V",
      defaultValue = "1",
      description =
          "Of prompts and answers: standard deviation by mean (default: ${DEFAULT-VALUE}).")
  private double variation;

  @Option(
      names = "--server-mtbf",
      paramLabel = "DAYS",
      defaultValue = "264",
      description = "Mean days between failures of a server (default: ${DEFAULT-VALUE}).")
  private double failureDays;

  @Option(
      names = "--repair",
      paramLabel = "HOURS",
      defaultValue = "4",
      description = "Until a failed server is back (default: ${DEFAULT-VALUE}).")
  private double repairHours;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "With --day: also write a page with charts; replaces the file.")
  private Path page;

  boolean wanted() {
    if (page != null && !day) {
      throw Failure.usage("--report: found %s without --day, allowed: with --day", page);
    }
    return day;
  }

  /** Null if none is wanted. */
  Path page() {
    return page;
  }

  DayOptions options() {
    try {
      return new DayOptions(
          seed,
          new DayShape(night, peakHour),
          sample,
          hourSeconds,
          variation,
          failureDays,
          repairHours,
          DayOptions.DEFAULT.loadBytesPerSecond(),
          DayOptions.DEFAULT.startSeconds());
    } catch (IllegalArgumentException e) {
      throw Failure.usage(e);
    }
  }
}
