package dev.tangram.fleet.plan;

import dev.tangram.fleet.cost.Forecast.Predicted;

/** Which end of a forecast a plan relies on. */
public enum PlanBy {
  /** Too slow in one case of twenty, as far as the cost model knows. */
  LOWER("lower bound"),
  /** Too slow in every other case. */
  LIKELY("likely value");

  private final String words;

  PlanBy(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }

  double rate(Predicted forecast) {
    return this == LOWER ? forecast.lower() : forecast.value();
  }

  double time(Predicted forecast) {
    return this == LOWER ? forecast.upper() : forecast.value();
  }
}
