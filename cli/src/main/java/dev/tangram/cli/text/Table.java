package dev.tangram.cli.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Left-aligned columns, as wide as their widest cell; no lines, so that {@code awk} can read them.
 */
public final class Table {
  private static final int GAP = 4;

  private final List<List<String>> rows = new ArrayList<>();

  private final String gap;

  /** The head is printed even if no row follows. */
  public Table(String... head) {
    this(GAP, head);
  }

  /** Columns so many blanks apart, for tables that would not fit a screen otherwise. */
  public Table(int gap, String... head) {
    this.gap = " ".repeat(gap);
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
        line.append(cell).append(" ".repeat(widths[i] - length(cell))).append(gap);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
