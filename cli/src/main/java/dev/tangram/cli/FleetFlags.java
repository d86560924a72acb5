package dev.tangram.cli;

import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.model.ModelCatalogue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Catalogues, with what the user lays over them. */
final class FleetFlags {
  @Mixin private ChipFlags chips;

  @Option(
      names = "--models",
      paramLabel = "FILE",
      description = "Models of your own: YAML with config fields, or a config.json. Repeatable.")
  private List<Path> models = List.of();

  ChipCatalogue chips() throws IOException {
    return chips.catalogue();
  }

  ModelCatalogue models() throws IOException {
    ModelCatalogue catalogue = ModelCatalogue.shipped();
    for (Path file : models) {
      catalogue = catalogue.with(file);
    }
    return catalogue;
  }
}
