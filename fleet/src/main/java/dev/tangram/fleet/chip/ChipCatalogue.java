package dev.tangram.fleet.chip;

import dev.tangram.fleet.file.FleetFormatException;
import dev.tangram.fleet.file.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The chips that ship with Tangram, and those that a user adds or changes. Immutable. */
public final class ChipCatalogue {
  private static final String SHIPPED = "chips.yaml";

  private final Map<String, Chip> chips;

  private ChipCatalogue(Map<String, Chip> chips) {
    this.chips = Collections.unmodifiableMap(new LinkedHashMap<>(chips));
  }

  public static ChipCatalogue shipped() {
    try (InputStream in = ChipCatalogue.class.getResourceAsStream(SHIPPED)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new ChipCatalogue(Map.of()).with(SHIPPED, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lays a user's file over this catalogue: a new id adds a chip (every figure must be written, if
   * only as {@code unknown}), a known id changes the fields that are written.
   *
   * @throws FleetFormatException if the file is wrong
   */
  public ChipCatalogue with(Path file) throws IOException {
    return checked(file.toString(), ChipReader.read(Tree.read(file), chips));
  }

  /** As {@link #with(Path)}; {@code file} is a name for messages. */
  public ChipCatalogue with(String file, String yaml) {
    return checked(file, ChipReader.read(Tree.read(file, yaml), chips));
  }

  private static ChipCatalogue checked(String file, Map<String, Chip> chips) {
    Map<String, String> owners = new LinkedHashMap<>();
    for (Chip chip : chips.values()) {
      owners.put(key(chip.id()), chip.id());
    }
    for (Chip chip : chips.values()) {
      for (String alias : chip.aliases()) {
        String owner = owners.putIfAbsent(key(alias), chip.id());
        if (owner != null && !owner.equals(chip.id())) {
          throw new FleetFormatException(
              file,
              1,
              "chips." + chip.id() + ".aliases",
              '"' + alias + '"',
              "a name that is not taken; this one means " + owner);
        }
      }
    }
    return new ChipCatalogue(chips);
  }

  /** In the order of the files. */
  public Collection<Chip> chips() {
    return chips.values();
  }

  /** Finds a chip by id, name or alias; case, blanks and hyphens do not matter. */
  public Optional<Chip> find(String name) {
    String key = key(name);
    return chips.values().stream()
        .filter(
            chip ->
                key(chip.id()).equals(key)
                    || key(chip.name()).equals(key)
                    || chip.aliases().stream().anyMatch(alias -> key(alias).equals(key)))
        .findFirst();
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[\\s_-]+", "");
  }
}
