package dev.tangram.schedule.place;

import java.util.Map;

/**
 * A server with chips of one type.
 *
 * @param chip type of the chips; empty if there are none
 * @param chips 0 to 64
 * @param chipMemoryMib of one chip, as measured, not as printed on the box; 0 if unknown
 * @param chipWatts of one chip in use; 0 if unknown
 * @param labels such as {@link #ROOM}, {@link #ZONE}, {@link #ORIGIN}
 */
public record Node(
    String name,
    String chip,
    int chips,
    int chipMemoryMib,
    int chipWatts,
    int cpuMilli,
    int memoryMib,
    Map<String, String> labels) {
  public static final String ROOM = "room";
  public static final String ZONE = "zone";
  public static final String ORIGIN = "origin";

  /** One bit for each chip of a node. */
  public static final int CHIPS_MAX = Long.SIZE;

  /** The whole of a chip, in thousandths. */
  public static final int WHOLE = 1000;

  public Node {
    if (chips < 0 || chips > CHIPS_MAX) {
      throw new IllegalArgumentException(
          "node %s: chips %d; allowed: 0 to %d".formatted(name, chips, CHIPS_MAX));
    }
    if (chips > 0 == chip.isEmpty()) {
      throw new IllegalArgumentException(
          "node %s: %d chips of type \"%s\"; a type is named where there are chips, nowhere else"
              .formatted(name, chips, chip));
    }
    if (chipMemoryMib < 0 || chipWatts < 0 || cpuMilli < 0 || memoryMib < 0) {
      throw new IllegalArgumentException(
          "node %s: chip memory %d MiB, chip %d W, cpu %d milli, memory %d MiB; none may be negative"
              .formatted(name, chipMemoryMib, chipWatts, cpuMilli, memoryMib));
    }
    labels = Map.copyOf(labels);
  }

  /** A node of which only the sizes matter. */
  public Node(String name, String chip, int chips, int cpuMilli, int memoryMib) {
    this(name, chip, chips, 0, 0, cpuMilli, memoryMib, Map.of());
  }

  /** The label's value, empty if there is none. */
  public String label(String key) {
    return labels.getOrDefault(key, "");
  }
}
