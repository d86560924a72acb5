package dev.tangram.engine.file.gguf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.RandomAccess;

/** An array of numbers or booleans as it stands in the file. As a list: Long, Double or Boolean. */
final class PackedNumbers extends AbstractList<Object> implements RandomAccess {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private final ValueType type;
  private final byte[] bytes;

  PackedNumbers(ValueType type, byte[] bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  ValueType type() {
    return type;
  }

  @Override
  public Object get(int index) {
    return GgufMetadata.display(number(type, bytes, index * type.leastBytes()));
  }

  @Override
  public int size() {
    return bytes.length / type.leastBytes();
  }

  /** Element {@code index}, of an integer type; a u64 above the range of long comes back negative. */
  long integer(int index) {
    int at = index * type.leastBytes();
    return switch (type) {
      case U8, BOOL -> bytes[at] & 0xFFL;
      case I8 -> bytes[at];
      case U16 -> (short) SHORT.get(bytes, at) & 0xFFFFL;
      case I16 -> (short) SHORT.get(bytes, at);
      case U32 -> (int) INT.get(bytes, at) & 0xFFFF_FFFFL;
      case I32 -> (int) INT.get(bytes, at);
      case U64, I64 -> (long) LONG.get(bytes, at);
      case F32, F64, STRING, ARRAY -> throw new IllegalStateException(type + " is no integer");
    };
  }

  /** Element {@code index}, of a floating type. */
  double real(int index) {
    return type == ValueType.F32
        ? Float.intBitsToFloat((int) INT.get(bytes, index * Float.BYTES))
        : Double.longBitsToDouble((long) LONG.get(bytes, index * Double.BYTES));
  }

  /** The value at a byte offset: Long, BigInteger (u64 above the range of long), Float, Double or Boolean. */
  static Object number(ValueType type, byte[] bytes, int at) {
    return switch (type) {
      case U8 -> bytes[at] & 0xFFL;
      case I8 -> (long) bytes[at];
      case U16 -> (short) SHORT.get(bytes, at) & 0xFFFFL;
      case I16 -> (long) (short) SHORT.get(bytes, at);
      case U32 -> (int) INT.get(bytes, at) & 0xFFFF_FFFFL;
      case I32 -> (long) (int) INT.get(bytes, at);
      case U64 -> unsigned((long) LONG.get(bytes, at));
      case I64 -> (long) LONG.get(bytes, at);
      case F32 -> Float.intBitsToFloat((int) INT.get(bytes, at));
      case F64 -> Double.longBitsToDouble((long) LONG.get(bytes, at));
      case BOOL -> bytes[at] != 0;
      case STRING, ARRAY -> throw new IllegalStateException(type + " is no number");
    };
  }

  private static Object unsigned(long bits) {
    if (bits >= 0) {
      return bits;
    }
    return new BigInteger(Long.toUnsignedString(bits));
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }
}
