package dev.tangram.engine.packed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;

/** A process of its own that makes a copy slowly, so that it can be killed meanwhile. */
final class SlowCopyProcess {
  private SlowCopyProcess() {}

  /** Arguments: the model, the folder, milliseconds for each piece written. */
  public static void main(String[] args) {
    Disk slow =
        new Disk() {
          @Override
          public long usableBytes(Path folder) throws IOException {
            return Disk.REAL.usableBytes(folder);
          }

          @Override
          public WritableByteChannel create(Path file) throws IOException {
            return slowly(Disk.REAL.create(file), Integer.parseInt(args[2]));
          }
        };
    new Copies(new PackedCopies(Path.of(args[1]), 1L << 30), slow).open(Path.of(args[0]));
    System.out.println("done");
  }

  private static WritableByteChannel slowly(WritableByteChannel real, int millis) {
    return new WritableByteChannel() {
      @Override
      public int write(ByteBuffer source) throws IOException {
        try {
          Thread.sleep(millis);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
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

  static Process start(Path model, Path folder, int millis) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SlowCopyProcess.class.getName(),
                model.toString(),
                folder.toString(),
                Integer.toString(millis)))
        .redirectErrorStream(true)
        .start();
  }
}
