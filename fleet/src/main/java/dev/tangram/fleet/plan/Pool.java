package dev.tangram.fleet.plan;

import dev.tangram.fleet.chip.Chip;
import dev.tangram.fleet.chip.Figure;
import dev.tangram.fleet.chip.ImportStatus;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Servers of one kind in one room.
 *
 * @param engine as measurements name it
 * @param groups chips that one replica may have; each divides the next one and the last divides the
 *     server, so that chips which are free in number are free in whole groups
 * @param price of a chip for an hour, in the fleet's currency
 * @param leadWeeks until more of them stand there; empty if unknown
 * @param status what the owner says of buying more; otherwise the catalogue's reports count
 */
public record Pool(
    String name,
    Chip chip,
    String engine,
    int servers,
    int chipsPerServer,
    List<Integer> groups,
    Room room,
    double price,
    OptionalLong leadWeeks,
    List<ImportStatus> status) {

  public Pool {
    groups = List.copyOf(groups);
    status = List.copyOf(status);
  }

  public long chips() {
    return (long) servers * chipsPerServer;
  }

  /** Watts of a chip; 0 if unknown, which is only allowed in a room without a limit. */
  public double watts() {
    return chip.powerWatts() instanceof Figure.Known(double watts) ? watts : 0;
  }

  /** The newest report about buyers in a country that was known on a day ({@code 2025-04-15}). */
  public Optional<ImportStatus> status(String country, String day) {
    return (status.isEmpty() ? chip.status() : status)
        .stream()
            .filter(report -> report.destination().equals(country))
            .filter(report -> report.asOf().compareTo(day) <= 0)
            .reduce((_, newest) -> newest);
  }
}
