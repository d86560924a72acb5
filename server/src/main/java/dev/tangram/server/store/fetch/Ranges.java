package dev.tangram.server.store.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which bytes of a file are here: disjoint half-open ranges, merged as they touch. Not thread-safe.
 */
final class Ranges {

  /** Bytes {@code start} to {@code end - 1}. */
  record Range(long start, long end) {
    Range {
      if (start < 0 || end <= start) {
        throw new IllegalArgumentException("Range " + start + ".." + end + " is empty or negative");
      }
    }

    long bytes() {
      return end - start;
    }
  }

  private final TreeMap<Long, Long> endByStart = new TreeMap<>();

  /** Adds a range, overlapping or not. */
  void add(long start, long end) {
    long from = start;
    long to = end;
    Map.Entry<Long, Long> before = endByStart.floorEntry(start);
    if (before != null && before.getValue() >= start) {
      from = before.getKey();
      to = Math.max(to, before.getValue());
    }
    for (Map.Entry<Long, Long> next = endByStart.ceilingEntry(from);
        next != null && next.getKey() <= to;
        next = endByStart.ceilingEntry(from)) {
      to = Math.max(to, next.getValue());
      endByStart.remove(next.getKey());
    }
    endByStart.put(from, to);
  }

  /** Bytes present. */
  long bytes() {
    return endByStart.entrySet().stream().mapToLong(e -> e.getValue() - e.getKey()).sum();
  }

  /** End of the last range; 0 if there is none. */
  long end() {
    return endByStart.isEmpty() ? 0 : endByStart.lastEntry().getValue();
  }

  /** What is absent below {@code total}, in order. */
  List<Range> missing(long total) {
    List<Range> gaps = new ArrayList<>();
    long at = 0;
    for (Map.Entry<Long, Long> range : endByStart.entrySet()) {
      if (range.getKey() > at) {
        gaps.add(new Range(at, Math.min(total, range.getKey())));
      }
      at = range.getValue();
      if (at >= total) {
        return gaps;
      }
    }
    if (at < total) {
      gaps.add(new Range(at, total));
    }
    return gaps;
  }

  /**
   * The gaps cut so that about {@code count} connections have equal work of at least {@code min}.
   */
  List<Range> segments(long total, int count, long min) {
    List<Range> gaps = missing(total);
    long absent = gaps.stream().mapToLong(Range::bytes).sum();
    long size = Math.max(min, (absent + count - 1) / count);
    List<Range> segments = new ArrayList<>();
    for (Range gap : gaps) {
      long at = gap.start();
      while (gap.end() - at > size + size / 4) {
        segments.add(new Range(at, at + size));
        at += size;
      }
      segments.add(new Range(at, gap.end()));
    }
    return segments;
  }

  /** As journal lines. */
  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    endByStart.forEach((start, end) -> lines.append(start).append(' ').append(end).append('\n'));
    return lines.toString();
  }
}
