package dev.tangram.server.store;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks between processes: files {@code locks/KEY.lock} that the operating system frees when their
 * process dies, however it dies. They are never deleted: a process could hold a lock on a file that
 * has no name any more. Within one JVM, where file locks do not exclude, a second lock does.
 */
final class StoreLocks {
  private static final ConcurrentHashMap<Path, ReentrantLock> INSIDE = new ConcurrentHashMap<>();

  private final Path folder;

  StoreLocks(Path root) {
    this.folder = root.resolve("locks");
  }

  Path folder() {
    return folder;
  }

  /** A lock that is held until it is closed, by the same thread. */
  static final class Held implements AutoCloseable {
    private final ReentrantLock inside;
    private final FileChannel channel;

    private Held(ReentrantLock inside, FileChannel channel) {
      this.inside = inside;
      this.channel = channel;
    }

    @Override
    public void close() throws IOException {
      release(inside, channel);
    }
  }

  /** Waits for the lock; {@code onWait} runs once if somebody else has it. */
  Held acquire(String key, Runnable onWait) throws IOException, InterruptedException {
    Path file = folder.resolve(key + ".lock").toAbsolutePath().normalize();
    ReentrantLock inside = INSIDE.computeIfAbsent(file, any -> new ReentrantLock());
    boolean said = false;
    if (!inside.tryLock()) {
      onWait.run();
      said = true;
      inside.lockInterruptibly();
    }
    FileChannel channel = null;
    boolean held = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        if (!said) {
          onWait.run();
        }
        lock = channel.lock();
      }
      held = lock.isValid();
      return new Held(inside, channel);
    } catch (FileLockInterruptionException | ClosedByInterruptException e) {
      Thread.interrupted();
      throw new InterruptedException("interrupted while waiting for " + file);
    } finally {
      if (!held) {
        release(inside, channel);
      }
    }
  }

  /** Takes the lock if nobody has it. */
  Optional<Held> tryAcquire(String key) throws IOException {
    Path file = folder.resolve(key + ".lock").toAbsolutePath().normalize();
    ReentrantLock inside = INSIDE.computeIfAbsent(file, any -> new ReentrantLock());
    if (inside.isHeldByCurrentThread() || !inside.tryLock()) {
      return Optional.empty();
    }
    FileChannel channel = null;
    boolean held = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      held = channel.tryLock() != null;
      return held ? Optional.of(new Held(inside, channel)) : Optional.empty();
    } finally {
      if (!held) {
        release(inside, channel);
      }
    }
  }

  private static void release(ReentrantLock inside, FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      inside.unlock();
    }
  }
}
