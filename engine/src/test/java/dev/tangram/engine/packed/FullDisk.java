package dev.tangram.engine.packed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A disk that says it has room and then has none, or that says so at once. */
record FullDisk(long usable, long writable) implements Disk {
  @Override
  public long usableBytes(Path folder) {
    return usable;
  }

  @Override
  public WritableByteChannel create(Path file) throws IOException {
    WritableByteChannel real = Disk.REAL.create(file);
    return new WritableByteChannel() {
      private long left = writable;

      @Override
      public int write(ByteBuffer source) throws IOException {
        if (left < source.remaining()) {
          throw new IOException("No space left on device");
        }
        left -= source.remaining();
        return real.write(source);
      }

      @Override
      public boolean isOpen() {
        return real.isOpen();
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }
}
