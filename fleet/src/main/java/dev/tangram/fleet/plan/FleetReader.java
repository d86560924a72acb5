package dev.tangram.fleet.plan;

import dev.tangram.fleet.chip.Chip;
import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.chip.Figure;
import dev.tangram.fleet.chip.StatusReader;
import dev.tangram.fleet.file.Fields;
import dev.tangram.fleet.file.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reads FLEET.yaml; files that it names lie beside it. */
public final class FleetReader {
  private static final int SERVERS_MAX = 10_000_000;
  private static final int GROUP_MAX = 1024;

  private final Path folder;
  private final Fields in;
  private final ChipCatalogue catalogue;
  private final Map<String, Room> rooms = new LinkedHashMap<>();

  private FleetReader(Path folder, Fields in, ChipCatalogue catalogue) {
    this.folder = folder;
    this.in = in;
    this.catalogue = catalogue;
  }

  /**
   * @param chips catalogue that the fleet's own chip files are laid over
   * @throws dev.tangram.fleet.file.FleetFormatException if the file is wrong
   */
  public static Fleet read(Path file, ChipCatalogue chips) throws IOException {
    Fields in = Tree.read(file);
    in.allowOnly(
        "name", "country", "currency", "chips", "measurements", "rooms", "pools", "offers");
    Path folder = file.toAbsolutePath().getParent();
    ChipCatalogue catalogue = chips;
    for (String name : in.words("chips")) {
      catalogue = catalogue.with(beside(folder, in, "chips", name));
    }
    return new FleetReader(folder, in, catalogue).fleet();
  }

  static Path beside(Path folder, Fields in, String field, String name) {
    Path file = folder.resolve(name);
    if (!java.nio.file.Files.isRegularFile(file)) {
      throw in.wrong(field, '"' + name + '"', "a file beside this one");
    }
    return file;
  }

  private Fleet fleet() {
    for (Fields room : in.groups("rooms")) {
      room.allowOnly("name", "powerKilowatts");
      String name = room.text("name");
      OptionalDouble watts =
          room.has("powerKilowatts")
              ? OptionalDouble.of(room.number("powerKilowatts", 0, 1e7) * 1000)
              : OptionalDouble.empty();
      if (rooms.put(name, new Room(name, watts)) != null) {
        throw room.wrong("name", '"' + name + "\" a second time", "each room once");
      }
    }
    Map<String, Pool> pools = new LinkedHashMap<>();
    for (Fields entry : in.groups("pools")) {
      entry.allowOnly(
          "name",
          "chip",
          "engine",
          "servers",
          "chipsPerServer",
          "count",
          "groups",
          "room",
          "price",
          "origin",
          "leadWeeks",
          "status");
      put(pools, entry, pool(entry, (int) entry.integer("servers", 0, SERVERS_MAX)));
    }
    if (pools.isEmpty()) {
      throw in.wrong("pools", "no pool", "at least one");
    }
    Map<String, Pool> both = new LinkedHashMap<>(pools);
    List<Pool> offers = new ArrayList<>();
    for (Fields entry : in.groups("offers")) {
      entry.allowOnly(
          "name",
          "chip",
          "engine",
          "chipsPerServer",
          "groups",
          "room",
          "price",
          "origin",
          "leadWeeks",
          "status");
      Pool offer = pool(entry, 0);
      put(both, entry, offer);
      offers.add(offer);
    }
    List<Path> measurements = new ArrayList<>();
    for (String name : in.words("measurements")) {
      measurements.add(beside(folder, in, "measurements", name));
    }
    String country = in.has("country") ? StatusReader.country(in, "country") : "";
    return new Fleet(
        in.optionalText("name").orElse("fleet"),
        country,
        in.optionalText("currency").orElse("units"),
        List.copyOf(rooms.values()),
        List.copyOf(pools.values()),
        offers,
        measurements);
  }

  private static void put(Map<String, Pool> pools, Fields entry, Pool pool) {
    if (pools.put(pool.name(), pool) != null) {
      throw entry.wrong("name", '"' + pool.name() + "\" a second time", "each pool once");
    }
  }

  private Pool pool(Fields pool, int servers) {
    Chip chip = chip(pool);
    int each = (int) pool.integer("chipsPerServer", 1, GROUP_MAX);
    long chips = (long) servers * each;
    if (pool.has("count") && pool.integer("count", 0, Long.MAX_VALUE) != chips) {
      throw pool.wrong(
          "count",
          pool.text("count"),
          "%d as %d servers of %d chips have".formatted(chips, servers, each));
    }
    return new Pool(
        pool.text("name"),
        chip,
        engine(pool, chip),
        servers,
        each,
        groups(pool, each),
        room(pool, chip),
        pool.number("price", 0, 1e6),
        pool.has("leadWeeks")
            ? OptionalLong.of(pool.integer("leadWeeks", 0, 1000))
            : OptionalLong.empty(),
        StatusReader.status(pool));
  }

  private Chip chip(Fields pool) {
    String name = pool.text("chip");
    Chip chip =
        catalogue
            .find(name)
            .orElseThrow(
                () ->
                    pool.wrong(
                        "chip",
                        '"' + name + '"',
                        "a chip that tangram chips lists, or one of a file under chips:"));
    if (pool.has("origin") && !StatusReader.country(pool, "origin").equals(chip.origin())) {
      throw pool.wrong(
          "origin",
          '"' + pool.text("origin") + '"',
          chip.origin() + " as the chip's catalogue says");
    }
    return chip;
  }

  private static String engine(Fields pool, Chip chip) {
    if (pool.has("engine")) {
      return pool.text("engine");
    }
    if (chip.engines().isEmpty()) {
      throw pool.wrong(
          "engine", "no such field", "a name, as the catalogue knows none for " + chip.id());
    }
    return chip.engines().getFirst();
  }

  /** Powers of two up to the server unless written. */
  private static List<Integer> groups(Fields pool, int each) {
    List<Integer> groups = new ArrayList<>();
    if (!pool.has("groups")) {
      for (int group = 1; group <= each && each % group == 0; group *= 2) {
        groups.add(group);
      }
      return groups;
    }
    String allowed =
        "whole numbers that each divide the next, the last dividing %d chips of a server"
            .formatted(each);
    for (String word : pool.words("groups")) {
      int last = groups.isEmpty() ? 1 : groups.getLast();
      int group = word.matches("\\d{1,4}") ? Integer.parseInt(word) : 0;
      boolean first = groups.isEmpty();
      if (group < 1 || group % last != 0 || !first && group == last || each % group != 0) {
        throw pool.wrong("groups", '"' + word + '"', allowed);
      }
      groups.add(group);
    }
    if (groups.isEmpty()) {
      throw pool.wrong("groups", "an empty list", allowed);
    }
    return groups;
  }

  private Room room(Fields pool, Chip chip) {
    String name = pool.has("room") ? pool.text("room") : "";
    if (name.isEmpty() && rooms.size() <= 1) {
      return rooms.isEmpty()
          ? rooms.computeIfAbsent("hall", hall -> new Room(hall, OptionalDouble.empty()))
          : rooms.values().iterator().next();
    }
    Room room = rooms.get(name);
    if (room == null) {
      throw pool.wrong("room", '"' + name + '"', String.join(", ", rooms.keySet()));
    }
    if (room.watts().isPresent() && !(chip.powerWatts() instanceof Figure.Known)) {
      throw pool.wrong(
          "room",
          "a room with a limit of power and a chip whose power is unknown",
          "a figure for %s in a file under chips:".formatted(chip.id()));
    }
    return room;
  }
}
