package dev.tangram.fleet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlPageTest {
  @Test
  void aPageStandsAlone() {
    String page =
        new HtmlPage("a <b> & c")
            .figure("tokens", "1,000")
            .chart("load", 2, new double[] {0, 3, 7, 1})
            .text("x < y")
            .render();

    assertThat(page)
        .startsWith("<!doctype html>")
        .contains("<title>a &lt;b&gt; &amp; c</title>", "<pre>x &lt; y</pre>", "<b>1,000</b>")
        .doesNotContain("http", "src=", "url(");
  }

  @Test
  void aChartIsWellFormedAndStaysInItsFrame() throws Exception {
    var factory = DocumentBuilderFactory.newInstance();
    for (double[] values : new double[][] {{}, {0}, {5}, {0, 3, 7, 1}, {1e9, 2e9}, {1e-6, 0}}) {
      String svg = LineChart.svg("a & b", 2, values);
      var root =
          factory
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
      var paths = root.getElementsByTagName("path");
      assertThat(paths.getLength()).isEqualTo(values.length == 0 ? 0 : 2);
      assertThat(root.getElementsByTagName("line").getLength()).isBetween(2, 7);
      if (values.length > 0) {
        String[] points =
            paths.item(1).getAttributes().getNamedItem("d").getNodeValue().substring(1).split(" ");
        assertThat(points).hasSameSizeAs(values);
        for (String point : points) {
          String[] at = point.split(",");
          assertThat(Double.parseDouble(at[0])).isBetween(60.0, 868.0);
          assertThat(Double.parseDouble(at[1])).isBetween(8.0, 174.0);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "0.7, 1", "1, 1", "1.1, 2", "3, 5", "6, 10", "0.03, 0.05", "420, 500"})
  void rungsAreRoundNumbers(double least, double rung) {
    assertThat(LineChart.rung(least)).isCloseTo(rung, within(1e-9));
  }
}
