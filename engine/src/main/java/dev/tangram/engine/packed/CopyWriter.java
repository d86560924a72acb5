package dev.tangram.engine.packed;

import dev.tangram.kernel.PackedForms;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes a copy from the packed matrices themselves: no byte of the model is in memory twice. They
 * are read twice, first for the checksums, which stand before them.
 */
final class CopyWriter {
  private static final int PIECE = 1 << 20;
  private static final ByteBuffer ZEROS =
      ByteBuffer.allocate(PackedForms.ALIGNMENT).asReadOnlyBuffer();

  private final List<PackedMatrix> matrices;
  private final PackedForms forms;
  private final long[] places;
  private final long dataBytes;

  CopyWriter(List<PackedMatrix> matrices, PackedForms forms) {
    this.matrices = List.copyOf(matrices);
    this.forms = forms;
    this.places = new long[matrices.size()];
    long at = 0;
    for (int i = 0; i < places.length; i++) {
      places[i] = at;
      at =
          (at + matrices.get(i).matrix().bytes() + PackedForms.ALIGNMENT - 1)
              & -PackedForms.ALIGNMENT;
    }
    this.dataBytes = at;
  }

  /** Size of the copy's data; the head comes to it. */
  long dataBytes() {
    return dataBytes;
  }

  /** The copy's head. */
  byte[] head(String stamp) throws IOException {
    Checks checks = new Checks(CopyHead.chunks(dataBytes));
    pieces(checks);
    return CopyHead.write(
        stamp, CopyHead.forms(matrices, forms), matrices, places, dataBytes, checks.finished());
  }

  /** Writes head and data to a new file, which is deleted if that fails. */
  void write(byte[] head, Path file, Disk disk) throws IOException {
    boolean whole = false;
    try (WritableByteChannel channel = disk.create(file)) {
      Sink sink =
          bytes -> {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          };
      sink.accept(ByteBuffer.wrap(head));
      pieces(sink);
      whole = true;
    } finally {
      if (!whole) {
        Files.deleteIfExists(file);
      }
    }
  }

  private interface Sink {
    void accept(ByteBuffer bytes) throws IOException;
  }

  /** The data from front to back, with zeros between matrices. */
  private void pieces(Sink sink) throws IOException {
    for (PackedMatrix matrix : matrices) {
      MemorySegment bytes = forms.bytes(matrix.matrix());
      for (long at = 0; at < bytes.byteSize(); at += PIECE) {
        sink.accept(bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at)).asByteBuffer());
      }
      int odd = (int) (bytes.byteSize() & (PackedForms.ALIGNMENT - 1));
      if (odd > 0) {
        sink.accept(ZEROS.slice(0, PackedForms.ALIGNMENT - odd));
      }
    }
  }

  /** Sums chunk by chunk. */
  private static final class Checks implements Sink {
    private final int[] checks;
    private final CRC32C sum = new CRC32C();
    private int count;
    private int filled;

    Checks(int chunks) {
      this.checks = new int[chunks];
    }

    @Override
    public void accept(ByteBuffer bytes) {
      while (bytes.hasRemaining()) {
        int size = Math.min(bytes.remaining(), CopyHead.CHUNK - filled);
        sum.update(bytes.slice(bytes.position(), size));
        bytes.position(bytes.position() + size);
        filled += size;
        if (filled == CopyHead.CHUNK) {
          end();
        }
      }
    }

    private void end() {
      checks[count++] = (int) sum.getValue();
      sum.reset();
      filled = 0;
    }

    int[] finished() {
      if (filled > 0) {
        end();
      }
      return checks;
    }
  }
}
