package dev.tangram.cli.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Left-aligned columns, as wide as their widest cell; no lines, so that {@code awk} can read them.
 */
public final class Table {
  private static final String GAP = "    ";

  private final List<List<String>> rows = new ArrayList<>();

  /** The head is printed even if no row follows. */
  public Table(String... head) {
    rows.add(List.of(head));
  }

  /** As many cells as the head has. */
  public Table row(String... cells) {
    if (cells.length != rows.getFirst().size()) {
      throw new IllegalArgumentException(
          "row: found %d cells, allowed: %d".formatted(cells.length, rows.getFirst().size()));
    }
    rows.add(List.of(cells));
    return this;
  }

  /** Lines that end in a newline and never in a space. */
  public String render() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = row.get(i);
        line.append(cell).append(" ".repeat(widths[i] - length(cell))).append(GAP);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
