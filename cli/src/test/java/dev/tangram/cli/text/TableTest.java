package dev.tangram.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    String text =
        new Table("NAME", "SIZE", "MODIFIED")
            .row("qwen2.5-coder:0.5b", "491 MB", "now")
            .row("é", "", "")
            .render();

    assertThat(text)
        .isEqualTo(
            """
            NAME                  SIZE      MODIFIED
            qwen2.5-coder:0.5b    491 MB    now
            é
            """);
  }

  @Test
  void aRowWithTooFewCellsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Table("A", "B").row("1"))
        .withMessageContaining("found 1 cells, allowed: 2");
  }
}
