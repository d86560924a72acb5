package dev.tangram.server.host;

import dev.tangram.server.store.CheckpointFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Single files, or folders of checkpoints, that the operator named. */
public final class FileSource implements ModelSource {
  private final List<Entry> entries;

  private FileSource(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** Files and folders, each listed under its name without {@code .gguf}. */
  public static FileSource of(List<Path> files) {
    var entries = new ArrayList<Entry>();
    for (Path file : files) {
      try {
        String name = file.getFileName().toString().replaceFirst("\\.gguf$", "");
        Instant changed = Files.getLastModifiedTime(file).toInstant();
        entries.add(new Entry(name, file, CheckpointFolder.bytes(file), changed));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read model file " + file, e);
      }
    }
    return new FileSource(entries);
  }

  @Override
  public List<Entry> list() {
    return entries;
  }
}
