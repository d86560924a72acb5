package dev.tangram.kernel.scalar;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Matrix;
import java.lang.foreign.MemorySegment;

/** A matrix as its file holds it. */
record ScalarMatrix(Format format, int rows, int columns, MemorySegment data) implements Matrix {
  @Override
  public long bytes() {
    return data.byteSize();
  }

  /** Dequantises row n to y[offset ...]. */
  void row(int n, float[] y, int offset) {
    long rowBytes = format.rowBytes(columns);
    long at = n * rowBytes;
    for (int d = 0; d < columns; d += format.blockLength(), at += format.blockBytes()) {
      Dequantizer.block(format, data, at, y, offset + d);
    }
  }
}
