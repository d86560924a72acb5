package dev.tangram.engine.quantize;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Workers;
import dev.tangram.kernel.quant.Blocks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Turns rows of one type into rows of another, a few at a time, shared out to the workers.
 *
 * <p>Threads: the owner of the workers.
 */
final class RowConverter implements AutoCloseable {
  /** Takes the bytes of some rows; they are overwritten afterwards. */
  @FunctionalInterface
  interface Sink {
    void accept(MemorySegment rows, long bytesRead) throws IOException;
  }

  /** Weights that are converted before they are written. */
  private static final int PIECE = 4 << 20;

  /** Weights of one worker's turn. */
  private static final int CHUNK = 32 << 10;

  private final String file;
  private final Workers workers;
  private final ThreadLocal<float[]> buffers = ThreadLocal.withInitial(() -> new float[0]);
  private Arena arena = Arena.ofShared();
  private MemorySegment piece = MemorySegment.NULL;

  RowConverter(String file, Workers workers) {
    this.file = file;
    this.workers = workers;
  }

  /**
   * Converts {@code rows} rows.
   *
   * @param first number of the first row in its tensor, for errors
   * @throws ModelFormatException if a weight is not finite or too large for the type
   */
  void convert(Tensor tensor, MemorySegment source, long first, long rows, Format to, Sink sink)
      throws IOException {
    int columns = Math.toIntExact(tensor.shape().getFirst());
    long rowBytes = tensor.format().rowBytes(columns);
    long targetBytes = to.rowBytes(columns);
    long atOnce = Math.clamp(PIECE / columns, 1, rows);
    int inChunk = Math.max(1, CHUNK / columns);
    MemorySegment target = room(Math.multiplyExact(atOnce, targetBytes));
    for (long done = 0; done < rows; done += atOnce) {
      long from = done;
      int count = (int) Math.min(atOnce, rows - done);
      workers.run(
          Math.ceilDiv(count, inChunk),
          chunk -> {
            int last = Math.min(count, (chunk + 1) * inChunk);
            for (int row = chunk * inChunk; row < last; row++) {
              float[] x = buffer(columns);
              Blocks.read(tensor.format(), source, (from + row) * rowBytes, columns, x, 0);
              check(tensor, x, columns, first + from + row, to);
              Blocks.write(to, x, 0, columns, target, row * targetBytes);
            }
          });
      sink.accept(target.asSlice(0, count * targetBytes), count * rowBytes);
    }
  }

  private float[] buffer(int columns) {
    if (buffers.get().length < columns) {
      buffers.set(new float[columns]);
    }
    return buffers.get();
  }

  private MemorySegment room(long bytes) {
    if (piece.byteSize() < bytes) {
      arena.close();
      arena = Arena.ofShared();
      piece = arena.allocate(bytes, 64);
    }
    return piece;
  }

  private void check(Tensor tensor, float[] x, int columns, long row, Format to) {
    float largest = Blocks.largest(to);
    for (int c = 0; c < columns; c++) {
      // Also true of NaN.
      if (!(Math.abs(x[c]) <= largest)) {
        throw new ModelFormatException(
            file,
            "tensor \"%s\", weight %d of row %d (byte %d of the tensor)"
                .formatted(tensor.name(), c, row, place(tensor, row, c)),
            Float.toString(x[c]),
            "numbers from %s to %s for %s".formatted(-largest, largest, to));
      }
    }
  }

  /** Where the block of a weight begins. */
  private static long place(Tensor tensor, long row, int column) {
    Format format = tensor.format();
    int columns = Math.toIntExact(tensor.shape().getFirst());
    return row * format.rowBytes(columns)
        + (long) (column / format.blockLength()) * format.blockBytes();
  }

  @Override
  public void close() {
    arena.close();
  }
}
