package dev.tangram.fleet.workload;

import dev.tangram.fleet.file.CsvTable;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Azure's CSV of 2023: {@code TIMESTAMP, ContextTokens, GeneratedTokens}. */
final class AzureTrace {
  private static final String TIME = "TIMESTAMP";
  private static final String PROMPT = "ContextTokens";
  private static final String OUTPUT = "GeneratedTokens";
  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter();

  private AzureTrace() {}

  static Trace of(CsvTable table) {
    table.require(TIME, PROMPT, OUTPUT);
    List<Request> requests = new ArrayList<>(table.rows().size());
    LocalDateTime first = LocalDateTime.MIN;
    long before = 0;
    for (CsvTable.Row row : table.rows()) {
      LocalDateTime time = time(row);
      if (requests.isEmpty()) {
        first = time;
      }
      long nanos = ChronoUnit.NANOS.between(first, time);
      if (nanos < before) {
        throw row.wrong(TIME, "a time no earlier than that of the line before");
      }
      before = nanos;
      requests.add(Request.unique(nanos, 0, tokens(row, PROMPT), tokens(row, OUTPUT)));
    }
    return new Trace(requests);
  }

  private static LocalDateTime time(CsvTable.Row row) {
    try {
      return LocalDateTime.parse(row.text(TIME), FORMAT);
    } catch (DateTimeParseException e) {
      throw row.wrong(TIME, "a time such as 2023-11-16 18:15:46.6805900");
    }
  }

  private static int tokens(CsvTable.Row row, String column) {
    try {
      int tokens = Integer.parseInt(row.text(column));
      if (tokens >= 1 && tokens <= Trace.TOKENS_MAX) {
        return tokens;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of range.
    }
    throw row.wrong(column, "a whole number, 1 to " + Trace.TOKENS_MAX);
  }
}
