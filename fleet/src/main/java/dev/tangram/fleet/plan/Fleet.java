package dev.tangram.fleet.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What there is to plan with.
 *
 * @param country code of where it stands: decides which import reports count
 * @param currency a word for tables
 * @param offers what may be bought though none of it stands there: pools without a server
 * @param measurements CSV files to calibrate the cost model on
 */
public record Fleet(
    String name,
    String country,
    String currency,
    List<Room> rooms,
    List<Pool> pools,
    List<Pool> offers,
    List<Path> measurements) {

  public Fleet {
    rooms = List.copyOf(rooms);
    pools = List.copyOf(pools);
    offers = List.copyOf(offers);
    measurements = List.copyOf(measurements);
  }

  /** The same hall with only some of its pools and offers. */
  public Fleet only(Predicate<Pool> kept) {
    return with(pools.stream().filter(kept).toList(), offers.stream().filter(kept).toList());
  }

  /** As if the offers were pools: one may buy servers for them. */
  Fleet withOffers() {
    return with(Stream.concat(pools.stream(), offers.stream()).toList(), List.of());
  }

  private Fleet with(List<Pool> pools, List<Pool> offers) {
    return new Fleet(name, country, currency, rooms, pools, offers, measurements);
  }

  public long chips() {
    return pools.stream().mapToLong(Pool::chips).sum();
  }
}
