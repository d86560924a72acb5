package dev.tangram.fleet.cost;

import dev.tangram.fleet.chip.Chip;
import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.chip.Figure;
import dev.tangram.fleet.chip.Precision;
import dev.tangram.fleet.file.CsvTable;
import dev.tangram.fleet.file.CsvTable.Row;
import dev.tangram.fleet.file.FleetFormatException;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelCatalogue;
import dev.tangram.fleet.model.ModelShape;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads measurements from CSV. Columns {@code source} (the engine, with all that decides its
 * speed), {@code model}, {@code chip}, {@code tp} (chips; {@code EP32}: experts over 32), {@code
 * isl}, {@code osl}, {@code concurrency} (or {@code max}), and either {@code weight_bytes}, {@code
 * kv_bytes}, {@code output_tok_s_system} or {@code precision}, {@code metric}, {@code value}.
 *
 * <p>A cell that cannot be read is refused with its line; a row that the cost model does not cover
 * is skipped with a reason.
 */
public final class PointsReader {
  private static final String RATE = "output_tok_s_system";
  private static final Pattern CHIPS = Pattern.compile("(EP)?(\\d{1,5})(?:\\.0+)?");
  private static final Pattern SEQUENCES = Pattern.compile("(\\d+(?:\\.\\d+)?)( per GPU)?");
  private static final Pattern PRECISION =
      Pattern.compile("(BF16|FP16|FP8|INT8|W8A8|INT4)( w / (BF16|FP16|FP8) kv)?( [A-Za-z-]+)?");

  private final ChipCatalogue chips;
  private final ModelCatalogue models;

  public PointsReader(ChipCatalogue chips, ModelCatalogue models) {
    this.chips = chips;
    this.models = models;
  }

  /** A row that is skipped. */
  private static final class Beyond extends Exception {
    private static final long serialVersionUID = 1L;

    Beyond(String reason) {
      super(reason, null, false, false);
    }
  }

  /**
   * Reads all rows.
   *
   * @throws FleetFormatException if a column is missing or a cell cannot be read
   */
  public Points read(CsvTable table) {
    table.require("source", "model", "chip", "tp", "isl", "osl", "concurrency");
    boolean plain = table.columns().contains(RATE);
    if (plain) {
      table.require("weight_bytes", "kv_bytes");
    } else {
      table.require("precision", "metric", "value");
    }
    List<Measurement> measurements = new ArrayList<>();
    List<Points.Skipped> skipped = new ArrayList<>();
    for (Row row : table.rows()) {
      try {
        measurements.add(measurement(row, plain));
      } catch (Beyond e) {
        skipped.add(new Points.Skipped(row.line(), e.getMessage()));
      }
    }
    return new Points(measurements, skipped);
  }

  private Measurement measurement(Row row, boolean plain) throws Beyond {
    if (row.text("source").isEmpty()) {
      throw row.wrong("source", "the engine that was measured");
    }
    ModelShape model =
        models
            .find(row.text("model"))
            .orElseThrow(
                () -> new Beyond("model " + row.text("model") + " is not in the catalogue"));
    Chip chip =
        chips
            .find(row.text("chip"))
            .orElseThrow(() -> new Beyond("chip " + row.text("chip") + " is not in the catalogue"));
    Parallelism parallelism = parallelism(row);
    Replica replica;
    Metric metric;
    double value;
    if (plain) {
      metric = Metric.OUTPUT_TOKENS_PER_SECOND;
      value = row.number(RATE, false);
      replica =
          new Replica(model, chip, row.text("source"), parallelism, weights(row, chip), kv(row));
    } else {
      replica = precise(row, model, chip, parallelism);
      metric = metric(row);
      value = row.number("value", false) * factor(row, parallelism.chips());
    }
    Load load = load(row, metric, parallelism.chips());
    Forecast obstacle = Calibration.obstacle(replica, load).orElse(null);
    switch (obstacle) {
      case null -> {}
      case Forecast.FiguresMissing(List<String> figures) ->
          throw new Beyond("unknown: " + String.join(", ", figures));
      case Forecast.DoesNotFit(double needed, double usable) ->
          throw new Beyond(
              "does not fit: %.0f GB a chip, usable %.0f GB".formatted(needed, usable));
      case Forecast.Predicted _ -> throw new IllegalStateException("a forecast is no obstacle");
    }
    String label = row.text("source") + " " + row.text("model") + " " + row.text("chip");
    return new Measurement(replica, load, metric, value, label + ", line " + row.line());
  }

  private static Parallelism parallelism(Row row) {
    Matcher chips = CHIPS.matcher(row.text("tp"));
    if (chips.matches()) {
      int count = Integer.parseInt(chips.group(2));
      if (count > 0) {
        return chips.group(1) == null ? Parallelism.tensor(count) : Parallelism.expert(count);
      }
    }
    throw row.wrong("tp", "a number of chips such as 8, or EP32 for experts over 32");
  }

  private static WeightType weights(Row row, Chip chip) {
    return switch (bytes(row, "weight_bytes")) {
      case "2" -> WeightType.BF16;
      case "1" ->
          chip.dense(Precision.FP8) instanceof Figure.Absent ? WeightType.INT8 : WeightType.FP8;
      case "0.5" -> WeightType.INT4;
      default -> throw row.wrong("weight_bytes", "2, 1 or 0.5");
    };
  }

  /** Spreadsheets write 1 as 1.0. */
  private static String bytes(Row row, String column) {
    return row.text(column).replaceAll("\\.0+$", "");
  }

  private static KvType kv(Row row) {
    return switch (bytes(row, "kv_bytes")) {
      case "2" -> KvType.FP16;
      case "1" -> KvType.FP8;
      default -> throw row.wrong("kv_bytes", "2 or 1");
    };
  }

  private static Replica precise(Row row, ModelShape model, Chip chip, Parallelism parallelism)
      throws Beyond {
    String text = row.text("precision");
    if (text.contains("MTP")) {
      throw new Beyond("speculative decoding is not modelled");
    }
    Matcher precision = PRECISION.matcher(text);
    if (!precision.matches()) {
      throw row.wrong(
          "precision", "BF16, FP8, INT8 or INT4, with ' w / FP8 kv' if the cache differs");
    }
    WeightType weights =
        switch (precision.group(1)) {
          case "FP8" -> WeightType.FP8;
          case "INT8", "W8A8" -> WeightType.INT8;
          case "INT4" -> WeightType.INT4;
          default -> WeightType.BF16;
        };
    KvType kv = "FP8".equals(precision.group(3)) ? KvType.FP8 : KvType.FP16;
    String engine = row.text("source") + (precision.group(4) == null ? "" : precision.group(4));
    return new Replica(model, chip, engine, parallelism, weights, kv);
  }

  private static Metric metric(Row row) {
    String text = row.text("metric");
    if (text.startsWith("TTFT s")) {
      return Metric.TTFT_MILLIS;
    }
    if (text.startsWith("TPOT ms")) {
      return Metric.TPOT_MILLIS;
    }
    if (text.startsWith("tok/s per user")) {
      return Metric.TOKENS_PER_SECOND_OF_ONE;
    }
    if (text.startsWith("prefill tok/s")) {
      return Metric.PREFILL_TOKENS_PER_SECOND;
    }
    if (text.startsWith("decode tok/s")) {
      return Metric.DECODE_TOKENS_PER_SECOND;
    }
    if (text.startsWith("output tok/s single user")) {
      // Reported between the first token and the last.
      return Metric.DECODE_TOKENS_PER_SECOND;
    }
    if (text.startsWith("output tok/s")) {
      return Metric.OUTPUT_TOKENS_PER_SECOND;
    }
    throw row.wrong(
        "metric",
        "output tok/s, decode tok/s, prefill tok/s (each also /GPU, /NPU, /node), tok/s per user,"
            + " TPOT ms, TTFT s");
  }

  /** What a figure of a part, or in another unit, is to one of the whole replica. */
  private static double factor(Row row, int chips) {
    String text = row.text("metric");
    if (text.startsWith("TTFT s")) {
      return 1000;
    }
    if (text.contains("/GPU") || text.contains("/NPU")) {
      return chips;
    }
    return text.contains("/node")
        ? Math.max(1, chips / (double) Assumptions.DEFAULT.nodeChips())
        : 1;
  }

  private static Load load(Row row, Metric metric, int chips) throws Beyond {
    boolean prefill = metric == Metric.PREFILL_TOKENS_PER_SECOND;
    String sequences = row.text("concurrency");
    Matcher number = SEQUENCES.matcher(sequences);
    double count;
    if (sequences.equals("max")) {
      count = Load.AS_MANY_AS_FIT;
    } else if (sequences.isEmpty() && prefill) {
      count = 1;
    } else if (number.matches() && Double.parseDouble(number.group(1)) > 0) {
      count = Double.parseDouble(number.group(1)) * (number.group(2) == null ? 1 : chips);
    } else if (sequences.isEmpty() || sequences.contains("burst") || sequences.equals("offline")) {
      throw new Beyond("no steady load: concurrency \"" + sequences + '"');
    } else {
      throw row.wrong("concurrency", "a number of sequences, or max");
    }
    if (row.text("isl").isEmpty() || row.text("osl").isEmpty()) {
      throw new Beyond("no lengths of prompts and answers");
    }
    if (row.text("tp").startsWith("EP") && !prefill && count < chips) {
      throw new Beyond("fewer sequences than chips: not said whether they are of one chip");
    }
    Load load = new Load(count, row.number("isl", true), row.number("osl", true));
    try {
      metric.check(load);
    } catch (IllegalArgumentException e) {
      throw row.wrong(prefill ? "isl" : "osl", "more than 0 tokens for this metric");
    }
    return load;
  }
}
