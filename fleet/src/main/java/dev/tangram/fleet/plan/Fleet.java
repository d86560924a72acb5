package dev.tangram.fleet.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * What there is to plan with.
 *
 * @param country code of where it stands: decides which import reports count
 * @param currency a word for tables
 * @param measurements CSV files to calibrate the cost model on
 */
public record Fleet(
    String name,
    String country,
    String currency,
    List<Room> rooms,
    List<Pool> pools,
    List<Path> measurements) {

  public Fleet {
    rooms = List.copyOf(rooms);
    pools = List.copyOf(pools);
    measurements = List.copyOf(measurements);
  }

  /** The same hall with only some of its pools. */
  public Fleet only(Predicate<Pool> kept) {
    return new Fleet(
        name, country, currency, rooms, pools.stream().filter(kept).toList(), measurements);
  }

  public long chips() {
    return pools.stream().mapToLong(Pool::chips).sum();
  }
}
