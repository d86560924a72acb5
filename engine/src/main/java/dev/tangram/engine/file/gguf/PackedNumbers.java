package dev.tangram.engine.file.gguf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.RandomAccess;

/**
 * An array of numbers or booleans as it stands in the file. As a list: what {@link Scalar#display}
 * shows.
 */
final class PackedNumbers extends AbstractList<Object> implements RandomAccess {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private final ValueType type;
  private final byte[] bytes;

  /** The array is not copied. */
  PackedNumbers(ValueType type, byte[] bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  /** An array of i32. */
  static PackedNumbers of(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Integer.BYTES));
    bytes.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
    return new PackedNumbers(ValueType.I32, bytes.array());
  }

  /** An array of f32. */
  static PackedNumbers of(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return new PackedNumbers(ValueType.F32, bytes.array());
  }

  ValueType type() {
    return type;
  }

  /** The elements as in the file; not a copy. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public Object get(int index) {
    return scalar(index).display();
  }

  @Override
  public int size() {
    return bytes.length / type.leastBytes();
  }

  Scalar scalar(int index) {
    Object value =
        switch (type) {
          case U8, I8, U16, I16, U32, I32, I64 -> integer(index);
          case U64 -> {
            long bits = integer(index);
            yield bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
          }
          case F32 -> (float) real(index);
          case F64 -> real(index);
          case BOOL -> bytes[index] != 0;
          case STRING, ARRAY -> throw new IllegalStateException(type + " is no number");
        };
    return new Scalar(type, value);
  }

  /**
   * Element {@code index} of an integer type; a u64 above the range of long comes back negative.
   */
  long integer(int index) {
    int at = index * type.leastBytes();
    return switch (type) {
      case U8 -> bytes[at] & 0xFFL;
      case I8 -> bytes[at];
      case U16 -> (short) SHORT.get(bytes, at) & 0xFFFFL;
      case I16 -> (short) SHORT.get(bytes, at);
      case U32 -> (int) INT.get(bytes, at) & 0xFFFF_FFFFL;
      case I32 -> (int) INT.get(bytes, at);
      case U64, I64 -> (long) LONG.get(bytes, at);
      case F32, F64, BOOL, STRING, ARRAY ->
          throw new IllegalStateException(type + " is no integer");
    };
  }

  /** Element {@code index} of a floating type. */
  double real(int index) {
    return type == ValueType.F32
        ? Float.intBitsToFloat((int) INT.get(bytes, index * Float.BYTES))
        : Double.longBitsToDouble((long) LONG.get(bytes, index * Double.BYTES));
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }
}
