package dev.tangram.engine.quantize;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that gets its name once it is whole and on disk. Until then it has a hidden name beside it,
 * which {@link #close} removes if the file was not finished. One thread.
 */
final class WholeFile implements AutoCloseable {
  private final Path target;
  private final Path draft;
  private final FileChannel channel;
  private long bytes;

  private WholeFile(Path target, Path draft, FileChannel channel) {
    this.target = target;
    this.draft = draft;
    this.channel = channel;
  }

  /**
   * Begins a file.
   *
   * @param bytesLeast what it will take at least
   * @throws QuantizeException if something has the name already, the folder is not there or cannot
   *     be written, or the disk has less room
   */
  static WholeFile begin(Path target, long bytesLeast) {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || target.getFileName() == null) {
      throw new QuantizeException(target + " is no name of a file");
    }
    refuseExisting(target);
    if (!Files.isDirectory(folder)) {
      throw new QuantizeException("there is no folder %s for %s".formatted(folder, target));
    }
    Path draft =
        folder.resolve(
            ".%s.%d.part".formatted(target.getFileName(), ProcessHandle.current().pid()));
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (free < bytesLeast) {
        throw new QuantizeException(
            "%s: needs %.1f GB, the disk has room for %.1f GB"
                .formatted(target, bytesLeast / 1e9, free / 1e9));
      }
      FileChannel channel =
          FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      // Also gone after an interrupt from the keyboard.
      draft.toFile().deleteOnExit();
      return new WholeFile(target, draft, channel);
    } catch (IOException e) {
      throw new QuantizeException("%s cannot be written: %s".formatted(target, reason(e)), e);
    }
  }

  private static void refuseExisting(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new QuantizeException(target + " exists already; remove it or choose another name");
    }
  }

  /** What went wrong, without the name that such errors repeat. */
  static String reason(IOException e) {
    if (e instanceof FileSystemException file) {
      return file.getReason() == null ? e.getClass().getSimpleName() : file.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Where the bytes go; not to be closed before {@link #finish}. */
  WritableByteChannel channel() {
    return new KeptOpen(channel);
  }

  /** The writer closes what it writes to, but the file has still to reach the disk. */
  private record KeptOpen(FileChannel channel) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer source) throws IOException {
      return channel.write(source);
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() {
      // WholeFile.close does.
    }
  }

  /** Gives the file its name. */
  void finish() throws IOException {
    channel.force(true);
    bytes = channel.size();
    channel.close();
    refuseExisting(target);
    Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Of the finished file. */
  long bytes() {
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(draft);
  }
}
