package dev.tangram.fleet.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A CSV file with a head (RFC 4180: quotes, doubled quotes, line breaks in quotes). */
public record CsvTable(String file, List<String> columns, List<Row> rows) {
  private static final int BYTES_MAX = 64 << 20;

  public CsvTable {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /** One row; {@code line} is where it begins, from 1. */
  public record Row(String file, int line, Map<String, String> cells) {
    /** The cell without the blanks around it; empty if there is no such column. */
    public String text(String column) {
      return cells.getOrDefault(column, "").strip();
    }

    public FleetFormatException wrong(String column, String allowed) {
      String found = text(column).isEmpty() ? "nothing" : '"' + text(column) + '"';
      return new FleetFormatException(file, line, column, found, allowed);
    }

    /** A number greater than zero, or equal to it if {@code zero}. */
    public double number(String column, boolean zero) {
      String allowed = zero ? "a number, 0 or more" : "a number greater than 0";
      try {
        double value = Double.parseDouble(text(column));
        if (Double.isFinite(value) && (value > 0 || zero && value == 0)) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Said below, as for a number out of range.
      }
      throw wrong(column, allowed);
    }
  }

  public static CsvTable read(Path path) throws IOException {
    return read(path.toString(), TextFile.read(path, BYTES_MAX));
  }

  public static CsvTable read(String file, String text) {
    Scanner scanner = new Scanner(file, text);
    List<String> head = scanner.record();
    if (head.isEmpty() || head.equals(List.of(""))) {
      throw new FleetFormatException(file, 1, "", "nothing", "a line of column names");
    }
    Set<String> seen = new HashSet<>();
    for (String column : head) {
      if (!seen.add(column)) {
        throw new FleetFormatException(file, 1, column, "the column a second time", "once");
      }
    }
    List<Row> rows = new ArrayList<>();
    while (scanner.more()) {
      int line = scanner.line;
      List<String> cells = scanner.record();
      if (cells.equals(List.of(""))) {
        continue;
      }
      if (cells.size() != head.size()) {
        throw new FleetFormatException(
            file, line, "", cells.size() + " cells", head.size() + " as in the head");
      }
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < cells.size(); i++) {
        row.put(head.get(i), cells.get(i));
      }
      rows.add(new Row(file, line, row));
    }
    return new CsvTable(file, head, rows);
  }

  /** Refuses a table that lacks one of these columns. */
  public void require(String... names) {
    for (String name : names) {
      if (!columns.contains(name)) {
        throw new FleetFormatException(
            file, 1, name, "no such column", "a table with " + String.join(", ", names));
      }
    }
  }

  private static final class Scanner {
    private final String file;
    private final String text;
    private int at;
    private int line = 1;

    Scanner(String file, String text) {
      this.file = file;
      // Spreadsheets like to begin with a byte order mark.
      this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    boolean more() {
      return at < text.length();
    }

    List<String> record() {
      List<String> cells = new ArrayList<>();
      StringBuilder cell = new StringBuilder();
      int begun = line;
      boolean quoted = false;
      while (more()) {
        char c = text.charAt(at++);
        if (c == '\n') {
          line++;
        }
        if (quoted) {
          if (c != '"') {
            cell.append(c);
          } else if (more() && text.charAt(at) == '"') {
            cell.append('"');
            at++;
          } else {
            quoted = false;
          }
        } else if (c == '"' && cell.isEmpty()) {
          quoted = true;
        } else if (c == ',') {
          cells.add(cell.toString());
          cell.setLength(0);
        } else if (c == '\n') {
          break;
        } else if (c != '\r') {
          cell.append(c);
        }
      }
      if (quoted) {
        throw new FleetFormatException(
            file, begun, "", "a quote without its end", "a closing quote");
      }
      cells.add(cell.toString());
      return cells;
    }
  }
}
