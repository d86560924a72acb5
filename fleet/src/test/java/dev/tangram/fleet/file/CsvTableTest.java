package dev.tangram.fleet.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvTableTest {
  @Test
  void quotesHoldCommasQuotesAndLines() {
    CsvTable table = CsvTable.read("t.csv", "\uFEFFa,b\r\n\"x, \"\"y\"\"\nz\",2\r\n\r\n3,4");

    assertThat(table.columns()).containsExactly("a", "b");
    assertThat(table.rows())
        .extracting(row -> row.text("a") + "|" + row.text("b"))
        .containsExactly("x, \"y\"\nz|2", "3|4");
    assertThat(table.rows()).extracting(CsvTable.Row::line).containsExactly(2, 5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "a,b~1|t.csv, line 2: found 1 cells, allowed: 2 as in the head",
        "a,b~1,2,3|t.csv, line 2: found 3 cells, allowed: 2 as in the head",
        "a,b~1,2~\"3,4|t.csv, line 3: found a quote without its end, allowed: a closing quote",
        "a,a~1,2|t.csv, line 1: a: found the column a second time, allowed: once",
        "~|t.csv, line 1: found nothing, allowed: a line of column names"
      })
  void brokenTablesAreRefusedWithTheirLine(String text, String sentence) {
    assertThatThrownBy(() -> CsvTable.read("t.csv", text.replace("~", "\n")))
        .isInstanceOf(FleetFormatException.class)
        .hasMessage(sentence);
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "NaN", "Infinity", "x", "''", "1e999"})
  void numbersAreNumbers(String cell) {
    CsvTable table = CsvTable.read("t.csv", "a,b\n" + cell + ",");

    assertThatThrownBy(() -> table.rows().getFirst().number("a", false))
        .isInstanceOf(FleetFormatException.class)
        .hasMessageStartingWith("t.csv, line 2: a: found ")
        .hasMessageEndingWith("allowed: a number greater than 0");
  }
}
