package dev.tangram.server.store.fetch;

import dev.tangram.server.store.fetch.Ranges.Range;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A download under way: {@code KEY.bytes} with holes, and {@code KEY.journal} which says which
 * bytes are real. A process killed at any moment leaves a journal that claims at most what was
 * written.
 *
 * <pre>
 * journal:  tangram-partial 1\n
 *           START END\n          half-open, decimal; one line per finished step
 *           START EN             a torn last line is ignored
 * </pre>
 *
 * The journal is not forced to disk: after a power failure it may claim bytes that are lost, which
 * the digest then finds out; {@link Download} starts such a file again from nothing. Thread-safe.
 */
final class PartialFile implements AutoCloseable {
  private static final String HEAD = "tangram-partial 1\n";

  private final Path file;
  private final Path journalFile;
  private final FileOutputStream journal;
  private final Ranges ranges;

  private PartialFile(Path file, Path journalFile, FileOutputStream journal, Ranges ranges) {
    this.file = file;
    this.journalFile = journalFile;
    this.journal = journal;
    this.ranges = ranges;
  }

  static Path bytesFile(Path folder, String key) {
    return folder.resolve(key + ".bytes");
  }

  static PartialFile open(Path folder, String key) throws DiskException {
    Path file = bytesFile(folder, key);
    Path journalFile = folder.resolve(key + ".journal");
    try {
      Ranges known = new Ranges();
      boolean whole = false;
      if (Files.exists(file) && Files.exists(journalFile)) {
        String text = Files.readString(journalFile, StandardCharsets.ISO_8859_1);
        known = parse(text, Files.size(file));
        whole = text.endsWith("\n") && known.bytes() > 0;
      }
      PartialFile partial =
          new PartialFile(
              file, journalFile, new FileOutputStream(journalFile.toFile(), whole), known);
      if (!whole) {
        // Written anew: a torn last line would otherwise be glued to the next.
        partial.append(HEAD + known);
      }
      return partial;
    } catch (IOException e) {
      throw new DiskException("Cannot write " + file, e);
    }
  }

  /** Unreadable or foreign journals claim nothing. */
  private static Ranges parse(String text, long bytes) {
    Ranges ranges = new Ranges();
    int end = text.lastIndexOf('\n');
    if (end < 0 || !text.startsWith(HEAD)) {
      return ranges;
    }
    List<String> lines = text.substring(0, end).lines().skip(1).toList();
    for (String line : lines) {
      if (!line.matches("\\d{1,18} \\d{1,18}")) {
        return new Ranges();
      }
      int space = line.indexOf(' ');
      long from = Long.parseLong(line.substring(0, space));
      long to = Long.parseLong(line.substring(space + 1));
      if (to <= from || to > bytes) {
        return new Ranges();
      }
      ranges.add(from, to);
    }
    return ranges;
  }

  /**
   * One thread's way to write into the file. A file channel would do, were it not closed for all
   * its users when one of them is interrupted.
   */
  static final class Writer implements AutoCloseable {
    private final Path path;
    private final RandomAccessFile file;

    private Writer(Path path) throws IOException {
      this.path = path;
      this.file = new RandomAccessFile(path.toFile(), "rw");
    }

    void write(byte[] buffer, int length, long at) throws DiskException {
      try {
        file.seek(at);
        file.write(buffer, 0, length);
      } catch (IOException e) {
        throw new DiskException("Cannot write " + path, e);
      }
    }

    @Override
    public void close() throws DiskException {
      try {
        file.close();
      } catch (IOException e) {
        throw new DiskException("Cannot write " + path, e);
      }
    }
  }

  /** A writer for the calling thread. */
  Writer writer() throws DiskException {
    try {
      return new Writer(file);
    } catch (IOException e) {
      throw new DiskException("Cannot write " + file, e);
    }
  }

  /** Notes that {@code start} to {@code end - 1} are written. */
  synchronized void done(long start, long end) throws DiskException {
    if (end <= start) {
      return;
    }
    ranges.add(start, end);
    try {
      append(start + " " + end + "\n");
    } catch (IOException e) {
      throw new DiskException("Cannot write " + journalFile, e);
    }
  }

  private void append(String text) throws IOException {
    journal.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  synchronized long present() {
    return ranges.bytes();
  }

  synchronized List<Range> missing(long total) {
    return ranges.missing(total);
  }

  synchronized List<Range> segments(long total, int count, long min) {
    return ranges.segments(total, count, min);
  }

  @Override
  public void close() throws DiskException {
    try {
      journal.close();
    } catch (IOException e) {
      throw new DiskException("Cannot write " + journalFile, e);
    }
  }

  static void delete(Path folder, String key) throws DiskException {
    try {
      // The journal first: bytes without a journal claim nothing, the other way round they would.
      Files.deleteIfExists(folder.resolve(key + ".journal"));
      Files.deleteIfExists(bytesFile(folder, key));
    } catch (IOException e) {
      throw new DiskException("Cannot delete in " + folder, e);
    }
  }
}
