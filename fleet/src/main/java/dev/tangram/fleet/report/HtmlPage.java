package dev.tangram.fleet.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** One page with figures, charts over time and a text; nothing in it is fetched from elsewhere. */
public final class HtmlPage {
  private final String title;
  private final StringBuilder figures = new StringBuilder();
  private final StringBuilder charts = new StringBuilder();
  private final StringBuilder texts = new StringBuilder();

  public HtmlPage(String title) {
    this.title = title;
  }

  /** A number large enough to be seen first, and what it is. */
  public HtmlPage figure(String name, String value) {
    figures
        .append("<div><b>")
        .append(escaped(value))
        .append("</b><span>")
        .append(escaped(name))
        .append("</span></div>\n");
    return this;
  }

  /**
   * Values of equal stretches of time, as a line.
   *
   * @param stepSeconds of a stretch
   */
  public HtmlPage chart(String name, double stepSeconds, double[] values) {
    charts
        .append("<section><h2>")
        .append(escaped(name))
        .append("</h2>\n")
        .append(LineChart.svg(name, stepSeconds, values))
        .append("</section>\n");
    return this;
  }

  /** Text as a terminal shows it. */
  public HtmlPage text(String text) {
    texts.append("<pre>").append(escaped(text)).append("</pre>\n");
    return this;
  }

  public String render() {
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%1$s</title>
        <style>
        %2$s</style>
        </head>
        <body>
        <h1>%1$s</h1>
        <div class="figures">
        %3$s</div>
        %4$s%5$s</body>
        </html>
        """
        .formatted(escaped(title), style(), figures, charts, texts);
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String style() {
    try (InputStream css = HtmlPage.class.getResourceAsStream("page.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
