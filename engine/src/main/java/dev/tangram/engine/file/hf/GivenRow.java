package dev.tangram.engine.file.hf;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers that no file holds. */
record GivenRow(float[] values) implements Rows {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public Format format() {
    return Format.F32;
  }

  @Override
  public long rows() {
    return 1;
  }

  @Override
  public long columns() {
    return values.length;
  }

  @Override
  public void copy(long row, MemorySegment to, long at) {
    MemorySegment.copy(values, 0, to, F32, at, values.length);
  }
}
