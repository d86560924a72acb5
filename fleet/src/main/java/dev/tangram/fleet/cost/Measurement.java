package dev.tangram.fleet.cost;

/**
 * One measured figure.
 *
 * @param label where it comes from, for people
 */
public record Measurement(Replica replica, Load load, Metric metric, double value, String label) {
  public Measurement {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "measurement: found %s, allowed: a number greater than 0".formatted(value));
    }
    metric.check(load);
  }

  boolean sameModel(Replica other) {
    return replica.model().name().equals(other.model().name());
  }

  Setting setting() {
    return Setting.of(replica);
  }
}
