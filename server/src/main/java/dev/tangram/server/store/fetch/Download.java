package dev.tangram.server.store.fetch;

import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.Ranges.Range;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Brings one remote file into the partial folder, whole and checked. Several segments run at once
 * if the server honours Range; whatever an earlier run left is kept. One use, one calling thread.
 */
public final class Download {
  private final HttpFetcher fetcher;
  private final Connections connections;
  private final Path folder;
  private final Progress progress;
  private final int segmentsMax;

  /**
   * A download into {@code folder}.
   *
   * @param segmentsMax segments of this file that may run at once
   */
  public Download(
      HttpFetcher fetcher,
      Connections connections,
      Path folder,
      Progress progress,
      int segmentsMax) {
    this.fetcher = fetcher;
    this.connections = connections;
    this.folder = folder;
    this.progress = progress;
    this.segmentsMax = segmentsMax;
  }

  /** Bytes of {@code remote} that an earlier run left in {@code folder}. */
  public static long present(Path folder, RemoteFile remote) throws DiskException {
    try (PartialFile partial = PartialFile.open(folder, remote.key())) {
      return partial.present();
    }
  }

  /** Forgets what is left of {@code remote} in {@code folder}. */
  public static void discard(Path folder, RemoteFile remote) throws DiskException {
    PartialFile.delete(folder, remote.key());
  }

  /**
   * Returns the finished file; it stays in the partial folder.
   *
   * @throws FetchException if this source cannot give it, or gave other bytes (which are deleted)
   * @throws DiskException if this machine cannot keep it
   */
  public Path run(RemoteFile remote) throws IOException, InterruptedException {
    if (remote.sha256().isEmpty() && remote.validator().isEmpty()) {
      // Nothing proves that what an earlier run left belongs to the same file.
      discard(folder, remote);
    }
    boolean resumed = present(folder, remote) > 0;
    try {
      return attempt(remote);
    } catch (FetchException e) {
      if (e.kind() != Kind.WRONG_DIGEST || !resumed) {
        throw e;
      }
      // Leftovers of a crash or of another mirror may be what is wrong: judge this source alone.
      progress.resuming("the resumed file had a wrong digest; it is fetched again from its start");
      return attempt(remote);
    }
  }

  private Path attempt(RemoteFile remote) throws IOException, InterruptedException {
    if (remote.bytes() == 0) {
      throw new FetchException(Kind.REFUSED, "the file is empty");
    }
    try (PartialFile partial = PartialFile.open(folder, remote.key())) {
      if (partial.present() > 0) {
        progress.arrived(partial.present());
      }
      if (remote.bytes() < 0) {
        single(remote, partial);
      } else {
        List<Range> segments =
            partial.segments(remote.bytes(), segmentsMax, fetcher.limits().segmentBytesMin());
        if (segments.size() <= 1 || !parallel(remote, partial, segments)) {
          single(remote, partial);
        }
      }
    }
    Path file = PartialFile.bytesFile(folder, remote.key());
    check(remote, file);
    return file;
  }

  private void check(RemoteFile remote, Path file) throws IOException, InterruptedException {
    if (remote.sha256().isEmpty()) {
      return;
    }
    progress.checking();
    String found = sha256(file);
    if (!found.equals(remote.sha256())) {
      PartialFile.delete(folder, remote.key());
      throw new FetchException(
          Kind.WRONG_DIGEST,
          "its sha256 is " + found + " instead of " + remote.sha256() + "; the bytes were deleted");
    }
  }

  /** Digest of a finished file. */
  public static String sha256(Path file) throws DiskException, InterruptedException {
    try {
      return Sha256.of(file);
    } catch (IOException e) {
      throw new DiskException("Cannot read " + file, e);
    }
  }

  /** Returns false if the server ignores Range, so that one connection has to bring it all. */
  private boolean parallel(RemoteFile remote, PartialFile partial, List<Range> segments)
      throws IOException, InterruptedException {
    List<Callable<Boolean>> tasks =
        segments.stream()
            .<Callable<Boolean>>map(
                range ->
                    () -> {
                      Segment segment = new Segment(fetcher, partial, remote, progress, false);
                      return connections.with(() -> segment.run(range.start(), range.end()));
                    })
            .toList();
    return connections.all(tasks).stream().allMatch(honoured -> honoured);
  }

  private void single(RemoteFile remote, PartialFile partial)
      throws IOException, InterruptedException {
    if (remote.bytes() >= 0) {
      List<Range> missing = partial.missing(remote.bytes());
      if (!missing.isEmpty()) {
        long start = missing.getFirst().start();
        Segment segment = new Segment(fetcher, partial, remote, progress, true);
        connections.with(() -> segment.run(start, remote.bytes()));
      }
      return;
    }
    Segment segment = new Segment(fetcher, partial, remote, progress, true);
    List<Range> missing = partial.missing(Long.MAX_VALUE);
    connections.with(() -> segment.run(missing.getFirst().start(), Long.MAX_VALUE));
    truncate(PartialFile.bytesFile(folder, remote.key()), segment.end());
  }

  /** A file of unknown size may be longer from an earlier run. */
  private static void truncate(Path file, long bytes) throws DiskException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    } catch (IOException e) {
      throw new DiskException("Cannot write " + file, e);
    }
  }

  /** Size of a finished file. */
  public static long size(Path file) throws DiskException {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new DiskException("Cannot read " + file, e);
    }
  }
}
