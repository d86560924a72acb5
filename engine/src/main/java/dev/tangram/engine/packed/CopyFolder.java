package dev.tangram.engine.packed;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The folder that copies are in. One process at a time changes it, under a lock that the system
 * frees however that process ends; so whoever holds the lock knows that drafts which lie there are
 * nobody's.
 */
final class CopyFolder {
  /** What stays free besides the copies: they are a convenience, a full disk is not. */
  static final long MARGIN_BYTES = 1L << 30;

  /** File locks do not exclude within a JVM. */
  private static final ReentrantLock INSIDE = new ReentrantLock();

  private final Path folder;
  private final long bytesMax;
  private final Disk disk;

  CopyFolder(Path folder, long bytesMax, Disk disk) {
    this.folder = folder;
    this.bytesMax = bytesMax;
    this.disk = disk;
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  /** What is done while nobody else changes the folder. */
  interface Change {
    void run() throws IOException;
  }

  /**
   * Makes a change when everybody else is done.
   *
   * @param onWait runs before waiting for somebody else; the thread may be interrupted from then on
   * @throws InterruptedException if it was interrupted while it waited; nothing was changed
   */
  void change(Runnable onWait, Change change) throws IOException, InterruptedException {
    create();
    if (!INSIDE.tryLock()) {
      onWait.run();
      INSIDE.lockInterruptibly();
    }
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(CopyName.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (channel.tryLock() == null) {
        onWait.run();
        channel.lock();
      }
      change.run();
    } catch (ClosedByInterruptException | FileLockInterruptionException e) {
      Thread.interrupted();
      throw new InterruptedException(e.getMessage());
    } finally {
      INSIDE.unlock();
    }
  }

  private void create() throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
      if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
    }
  }

  /**
   * Makes room for a copy: drafts, copies of models that are gone, then those that were not used
   * for the longest time. Only under the lock.
   *
   * @throws IOException in one sentence, if there cannot be room
   */
  void makeRoom(String name, long bytes) throws IOException {
    if (bytes > bytesMax) {
      throw new IOException(
          "it would take %.1f MB, all copies together may take %.1f MB"
              .formatted(bytes / 1e6, bytesMax / 1e6));
    }
    List<Copy> copies = sweep(name);
    copies.sort(Comparator.comparing(Copy::used));
    long total = copies.stream().mapToLong(Copy::bytes).sum();
    for (Copy copy : copies) {
      if (total + bytes <= bytesMax) {
        break;
      }
      Files.deleteIfExists(copy.file());
      total -= copy.bytes();
    }
    long usable = disk.usableBytes(folder);
    if (usable - MARGIN_BYTES < bytes) {
      throw new IOException(
          "it takes %.1f MB, the disk of %s has %.1f MB free, of which %.1f MB are left alone"
              .formatted(bytes / 1e6, folder, usable / 1e6, MARGIN_BYTES / 1e6));
    }
  }

  private record Copy(Path file, FileTime used, long bytes) {}

  /** Deletes what is of no use to anybody; the copies that are left, but for the named one. */
  private List<Copy> sweep(String name) throws IOException {
    List<Copy> copies = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String found = file.getFileName().toString();
        if (found.endsWith(CopyName.DRAFT_SUFFIX)) {
          Files.deleteIfExists(file);
        } else if (found.endsWith(CopyName.SUFFIX) && !found.equals(name)) {
          if (isOrphan(file)) {
            Files.deleteIfExists(file);
          } else {
            copies.add(new Copy(file, Files.getLastModifiedTime(file), Files.size(file)));
          }
        }
      }
    } catch (NoSuchFileException e) {
      // Somebody removed a copy meanwhile: the more room.
    }
    return copies;
  }

  private static boolean isOrphan(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return !Files.exists(SourceStamp.source(CopyReader.head(channel).stamp()));
    } catch (BadCopyException e) {
      return true;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** Writes a copy to its draft. Only under the lock. */
  void write(CopyWriter copy, String stamp, Path draft) throws IOException {
    copy.write(copy.head(stamp), draft, disk);
  }

  /** Gives a finished draft its name, durably. Only under the lock. */
  void publish(Path draft, String name) throws IOException {
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(
        draft, path(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** A new file for a copy that is being written. Only under the lock. */
  Path draft(String name) {
    return path("%s.%d%s".formatted(name, ProcessHandle.current().pid(), CopyName.DRAFT_SUFFIX));
  }
}
