package dev.tangram.fleet.report;

import java.util.Arrays;
import java.util.Locale;

/** A line over time with its area, as SVG. */
final class LineChart {
  private static final int WIDTH = 880;
  private static final int HEIGHT = 200;
  private static final int LEFT = 60;
  private static final int RIGHT = 12;
  private static final int TOP = 8;
  private static final int BOTTOM = 26;
  private static final int LINES_MAX = 5;
  private static final int TIMES_MAX = 8;
  private static final double HOUR = 3600;

  /** From so many hours on, times are told in hours, so many apart. */
  private static final int HOURS_FROM = 12;

  private static final int HOURS_APART = 3;

  private LineChart() {}

  static String svg(String name, double stepSeconds, double[] values) {
    double most = Arrays.stream(values).max().orElse(0);
    double rung = rung(most / LINES_MAX);
    double top = Math.max(rung, Math.ceil(most / rung) * rung);
    double span = Math.max(1, values.length) * stepSeconds;
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
            WIDTH, HEIGHT, HtmlPage.escaped(name)));
    for (int i = 0; i * rung <= top * 1.0001; i++) {
      double y = y(i * rung, top);
      svg.append(
          format(
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" class=\"value\">%s</text>\n",
              LEFT, WIDTH - RIGHT, y, y, LEFT - 8, y + 4, label(i * rung)));
    }
    boolean hours = span >= HOURS_FROM * HOUR;
    double tick = hours ? HOURS_APART * HOUR : rung(span / TIMES_MAX);
    for (int i = 0; i * tick <= span * 1.0001; i++) {
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" class=\"time\">%s %s</text>\n",
              x(i * tick, span),
              HEIGHT - 6,
              label(hours ? i * tick / HOUR : i * tick),
              hours ? "h" : "s"));
    }
    if (values.length > 0) {
      String line = line(stepSeconds, values, top, span);
      svg.append(
          format(
              "<path class=\"area\" d=\"M%.1f,%.1f L%s L%.1f,%.1f Z\"/><path class=\"line\" d=\"M%s\"/>\n",
              x(stepSeconds / 2, span),
              y(0, top),
              line,
              x(span - stepSeconds / 2, span),
              y(0, top),
              line));
    }
    return svg.append("</svg>\n").toString();
  }

  private static String line(double stepSeconds, double[] values, double top, double span) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      // A stretch stands at its middle.
      points.append(format("%.1f,%.1f ", x((i + 0.5) * stepSeconds, span), y(values[i], top)));
    }
    return points.toString().strip();
  }

  private static double x(double seconds, double span) {
    return LEFT + (WIDTH - LEFT - RIGHT) * seconds / span;
  }

  private static double y(double value, double top) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;
  }

  /** The smallest of 1, 2, 5, 10, 20, ... and their tenths that is not below. */
  static double rung(double least) {
    if (!(least > 0)) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (int times : new int[] {1, 2, 5}) {
      if (times * power >= least * 0.9999) {
        return times * power;
      }
    }
    return 10 * power;
  }

  private static String label(double value) {
    if (value >= 1e6) {
      return format("%s M", label(value / 1e6));
    }
    if (value >= 1e5) {
      return format("%s k", label(value / 1e3));
    }
    return value == Math.rint(value) ? format("%,.0f", value) : format("%.3g", value);
  }

  private static String format(String format, Object... values) {
    // A decimal comma would end a coordinate.
    return String.format(Locale.ROOT, format, values);
  }
}
