package dev.tangram.engine.file.hf;

import dev.tangram.kernel.Format;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Rows as F32, with a change to each element: norms that are stored around zero get their 1 here,
 * in F32, since the sum in BF16 would drop the low bits of small weights.
 */
record Floats(Rows of, Change change) implements Rows {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** What happens to an element. */
  enum Change {
    NONE,
    /** w + 1: a norm stored around zero. */
    PLUS_ONE,
    /** -exp(w): the decay of a linear layer, stored as a logarithm. */
    MINUS_EXP;

    float of(float value) {
      return switch (this) {
        case NONE -> value;
        case PLUS_ONE -> value + 1;
        case MINUS_EXP -> -(float) Math.exp(value);
      };
    }
  }

  /** Rows as F32, themselves if they are. */
  static Rows of(Rows rows) {
    return rows.format() == Format.F32 ? rows : new Floats(rows, Change.NONE);
  }

  /** Element {@code index} of an array of F32, F16 or BF16. */
  static float at(MemorySegment data, Format format, long index) {
    return switch (format) {
      case F32 -> data.get(F32, 4 * index);
      case F16 -> Float.float16ToFloat(data.get(U16, 2 * index));
      case BF16 -> Float.intBitsToFloat(data.get(U16, 2 * index) << 16);
      default -> throw new IllegalArgumentException(format + " has no elements of their own");
    };
  }

  @Override
  public Format format() {
    return Format.F32;
  }

  @Override
  public long rows() {
    return of.rows();
  }

  @Override
  public long columns() {
    return of.columns();
  }

  @Override
  public void copy(long row, MemorySegment to, long at) {
    MemorySegment source = of.range(row, 1).all();
    for (long i = 0; i < columns(); i++) {
      to.set(F32, at + 4 * i, change.of(at(source, of.format(), i)));
    }
  }
}
