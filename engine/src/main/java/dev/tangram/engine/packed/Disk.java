package dev.tangram.engine.packed;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What writing a copy needs of a disk; tests give one that is full. */
interface Disk {
  /** The real one. */
  Disk REAL =
      new Disk() {
        @Override
        public long usableBytes(Path folder) throws IOException {
          return Files.getFileStore(folder).getUsableSpace();
        }

        @Override
        public WritableByteChannel create(Path file) throws IOException {
          return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
      };

  /** Bytes that this user may still write below a folder. */
  long usableBytes(Path folder) throws IOException;

  /** A new file to be written from front to back. */
  WritableByteChannel create(Path file) throws IOException;
}
