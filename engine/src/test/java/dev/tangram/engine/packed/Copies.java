package dev.tangram.engine.packed;

import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.model.LogitsProbe;
import dev.tangram.engine.model.Model;
import dev.tangram.engine.model.Models;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvType;
import dev.tangram.kernel.PackedForms;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Opens small models with a folder of copies. */
final class Copies {
  private static final int[] IDS = {1, 2, 3, 5, 8, 13, 21};

  /** What an open found and what the model said. */
  record Opened(boolean fromCopy, int[] logitBits, long weightBytes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Opened that && Arrays.equals(logitBits, that.logitBits);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(logitBits);
    }

    @Override
    public String toString() {
      return "%d logits, %08x".formatted(logitBits.length, hashCode());
    }
  }

  final PackedCopies settings;
  final Disk disk;
  String tier = "auto";

  Copies(Path folder) {
    this(new PackedCopies(folder, 1L << 30), Disk.REAL);
  }

  Copies(PackedCopies settings, Disk disk) {
    this.settings = settings;
    this.disk = disk;
  }

  /** A golden model's file, as if it had been there for long. */
  static Path golden(String name, Path target) {
    try (InputStream in =
        Copies.class.getResourceAsStream("/golden/%s/model.gguf".formatted(name))) {
      Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Opened open(Path model) {
    return open(model, forms -> forms);
  }

  /** Stands for another version of the packer. */
  interface Version {
    PackedForms of(PackedForms forms);
  }

  /** Opens, asks for logits, and closes: a copy that is made is whole then. */
  Opened open(Path model, Version version) {
    try (Workers workers = new Workers(2);
        ModelFile file = ModelFiles.open(model)) {
      Kernels kernels = Selection.choose(tier, workers).kernels();
      Optional<PackedForms> forms = kernels.packedForms().map(version::of);
      ModelCopy copy = ModelCopy.of(settings, model, forms, disk);
      copy.read();
      boolean fromCopy = copy.present();
      try (Model opened = Models.open(file, kernels, 16, IDS.length, bytes -> {}, copy)) {
        return new Opened(fromCopy, logitBits(opened), opened.weightBytes());
      }
    }
  }

  private static int[] logitBits(Model model) {
    int[] wanted = {0, IDS.length - 1};
    Map<Integer, float[]> rows = LogitsProbe.logits(model, IDS, wanted, 16, IDS.length, KvType.F32);
    List<Integer> bits = new ArrayList<>();
    for (int position : wanted) {
      for (float value : rows.get(position)) {
        bits.add(Float.floatToRawIntBits(value));
      }
    }
    return bits.stream().mapToInt(Integer::intValue).toArray();
  }

  Path copyOf(Path model) {
    try {
      return settings.file(model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of all files in the folder, but for the lock. */
  List<String> files() {
    List<String> names = new ArrayList<>();
    if (!Files.isDirectory(settings.folder())) {
      return names;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(settings.folder())) {
      for (Path file : files) {
        if (!file.getFileName().toString().equals(CopyName.LOCK)) {
          names.add(file.getFileName().toString());
        }
      }
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
