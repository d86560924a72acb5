package dev.tangram.engine.file.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Puts a GGUF file together byte by byte, so that it can be wrong in any way. */
final class RawGguf {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A header of version 3. */
  static RawGguf header(long tensors, long pairs) {
    return new RawGguf().text("GGUF").u32(3).u64(tensors).u64(pairs);
  }

  RawGguf u8(int value) {
    out.write(value);
    return this;
  }

  RawGguf u32(long value) {
    return bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) value).array());
  }

  RawGguf u64(long value) {
    return bytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  RawGguf text(String latin) {
    return bytes(latin.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawGguf string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return u64(bytes.length).bytes(bytes);
  }

  RawGguf bytes(byte... bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** A pair's key and type; its value follows. */
  RawGguf key(String key, ValueType type) {
    return string(key).u32(type.ordinal());
  }

  /** A tensor info. */
  RawGguf tensor(String name, int type, long offset, long... shape) {
    string(name).u32(shape.length);
    for (long size : shape) {
      u64(size);
    }
    return u32(type).u64(offset);
  }

  RawGguf pad(int alignment) {
    while (out.size() % alignment != 0) {
      out.write(0);
    }
    return this;
  }

  RawGguf zeros(int count) {
    return bytes(new byte[count]);
  }

  int size() {
    return out.size();
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
