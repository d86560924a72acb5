package dev.tangram.engine.packed;

import dev.tangram.kernel.PackedForms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/**
 * Reads a copy's data into memory and compares every checksum on the way, while the bytes are still
 * in the processor's cache.
 */
final class CopyReader {
  /** Bytes read at a time; they stay in the second-level cache until they are summed. */
  private static final int PIECE = 256 << 10;

  private static final int THREADS_MAX = 4;

  private CopyReader() {}

  /**
   * Reads the head.
   *
   * @throws BadCopyException if the file is no copy or contradicts itself
   */
  static CopyHead head(FileChannel channel) throws IOException, BadCopyException {
    byte[] prefix = new byte[CopyHead.PREFIX];
    readFully(channel, ByteBuffer.wrap(prefix), 0);
    int length = CopyHead.length(prefix);
    if (length > channel.size()) {
      throw new BadCopyException("it is cut off in its head");
    }
    byte[] bytes = new byte[length];
    readFully(channel, ByteBuffer.wrap(bytes), 0);
    return CopyHead.parse(bytes, channel.size());
  }

  /**
   * Reads the data, by a few threads of its own.
   *
   * @throws BadCopyException if a chunk's checksum differs
   */
  static MemorySegment data(FileChannel channel, CopyHead head, PackedForms forms, Arena arena)
      throws IOException, BadCopyException, InterruptedException {
    MemorySegment data = forms.reserve(head.dataBytes(), arena);
    AtomicInteger next = new AtomicInteger();
    Callable<Void> work =
        () -> {
          int chunk = next.getAndIncrement();
          while (chunk < head.checks().length) {
            read(channel, head, data, chunk);
            chunk = next.getAndIncrement();
          }
          return null;
        };
    int threads =
        Math.min(
            head.checks().length,
            Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors()));
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      FutureTask<Void> task = new FutureTask<>(work);
      tasks.add(task);
      if (i < threads - 1) {
        Thread.ofPlatform().name("packed copy reader").daemon().start(task);
      } else {
        task.run();
      }
    }
    await(tasks);
    return data;
  }

  /** Waits for all, also if one failed: they write to the memory. */
  private static void await(List<FutureTask<Void>> tasks)
      throws IOException, BadCopyException, InterruptedException {
    ExecutionException failed = null;
    boolean interrupted = false;
    for (FutureTask<Void> task : tasks) {
      boolean done = false;
      while (!done) {
        try {
          task.get();
          done = true;
        } catch (ExecutionException e) {
          failed = e;
          done = true;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      throw new InterruptedException();
    }
    if (failed != null) {
      switch (failed.getCause()) {
        case BadCopyException e -> throw e;
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new UncheckedIOException(new IOException(e));
      }
    }
  }

  private static void read(FileChannel channel, CopyHead head, MemorySegment data, int chunk)
      throws IOException, BadCopyException {
    long from = (long) chunk * CopyHead.CHUNK;
    long end = Math.min(from + CopyHead.CHUNK, head.dataBytes());
    CRC32C sum = new CRC32C();
    for (long at = from; at < end; at += PIECE) {
      ByteBuffer piece = data.asSlice(at, Math.min(PIECE, end - at)).asByteBuffer();
      readFully(channel, piece, head.dataAt() + at);
      piece.flip();
      sum.update(piece);
    }
    if ((int) sum.getValue() != head.checks()[chunk]) {
      throw new BadCopyException(
          "its bytes from %d on are damaged".formatted(head.dataAt() + from));
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer target, long position)
      throws IOException, BadCopyException {
    long at = position;
    while (target.hasRemaining()) {
      int count = channel.read(target, at);
      if (count < 0) {
        throw new BadCopyException("it ends at %d".formatted(at));
      }
      at += count;
    }
  }
}
