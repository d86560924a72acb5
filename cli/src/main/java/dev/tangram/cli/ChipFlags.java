package dev.tangram.cli;

import dev.tangram.fleet.chip.Chip;
import dev.tangram.fleet.chip.ChipCatalogue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The catalogue of chips, with what the user lays over it. */
final class ChipFlags {
  @Option(
      names = "--chips",
      paramLabel = "FILE",
      description = "YAML with chips of your own, or other figures for known ones. Repeatable.")
  private List<Path> files = List.of();

  ChipCatalogue catalogue() throws IOException {
    ChipCatalogue catalogue = ChipCatalogue.shipped();
    for (Path file : files) {
      catalogue = catalogue.with(file);
    }
    return catalogue;
  }

  /** A chip as the user calls it: id, name or alias. */
  static Chip find(ChipCatalogue catalogue, String name) {
    return catalogue
        .find(name)
        .orElseThrow(
            () ->
                Failure.failed(
                    "there is no chip %s in the catalogue; tangram chips lists them", name));
  }
}
