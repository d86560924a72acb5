package dev.tangram.engine.file.gguf;

/** The value types of GGUF metadata; the constant's ordinal is its id in the file. */
enum ValueType {
  U8(1),
  I8(1),
  U16(2),
  I16(2),
  U32(4),
  I32(4),
  F32(4),
  BOOL(1),
  /** u64 length, UTF-8 bytes. */
  STRING(8),
  /** u32 item type, u64 count, items. */
  ARRAY(12),
  U64(8),
  I64(8),
  F64(8);

  private static final ValueType[] BY_ID = values();

  private final int leastBytes;

  ValueType(int leastBytes) {
    this.leastBytes = leastBytes;
  }

  /** Bytes of one value in the file; for strings and arrays those of an empty one. */
  int leastBytes() {
    return leastBytes;
  }

  boolean isInteger() {
    return switch (this) {
      case U8, I8, U16, I16, U32, I32, U64, I64 -> true;
      case F32, F64, BOOL, STRING, ARRAY -> false;
    };
  }

  /** The type with this id, or null. */
  static ValueType byId(long id) {
    return id >= 0 && id < BY_ID.length ? BY_ID[(int) id] : null;
  }
}
