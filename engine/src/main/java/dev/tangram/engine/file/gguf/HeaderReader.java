package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.Extent;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.PackedStrings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads a header front to back. Every read is checked against the end of the header first, and no
 * read allocates more than the bytes that are really there. Owned by the thread that opens the
 * file.
 */
final class HeaderReader {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int WINDOW_BYTES = 64 << 10;

  private final MemorySegment bytes;
  private final String file;
  private final long limit;
  private final byte[] window;
  private long windowStart;
  private int windowBytes;
  private long position;
  private String kind = "header";
  private long index = -1;
  private String name;

  HeaderReader(MemorySegment bytes, String file) {
    this.bytes = bytes;
    this.file = file;
    this.limit = Math.min(bytes.byteSize(), Limits.HEADER_BYTES_MAX);
    this.window = new byte[(int) Math.min(WINDOW_BYTES, limit)];
  }

  String file() {
    return file;
  }

  /** The file's size in bytes. */
  long size() {
    return bytes.byteSize();
  }

  long position() {
    return position;
  }

  long remaining() {
    return limit - position;
  }

  /**
   * Says what the next reads belong to, for messages; its name is added when {@link #name} reads
   * it.
   */
  void enter(String part, long number) {
    kind = part;
    index = number;
    name = null;
  }

  int u8(String field) {
    return window[take(1, field)] & 0xFF;
  }

  int u32(String field) {
    return (int) INT.get(window, take(Integer.BYTES, field));
  }

  long u64(String field) {
    return (long) LONG.get(window, take(Long.BYTES, field));
  }

  /** A u64 that counts things of at least {@code leastBytes} each, which must all still fit. */
  int count(String field, int most, int leastBytes) {
    long at = position;
    long count = u64(field);
    if (count < 0 || count > most) {
      throw bad(at, field, Long.toUnsignedString(count), "at most " + most);
    }
    if (count > remaining() / leastBytes) {
      throw bad(
          at,
          field,
          Long.toString(count),
          "what fits in the %d bytes that follow".formatted(remaining()));
    }
    return (int) count;
  }

  String string(String field, int mostBytes) {
    int length = count(field, mostBytes, 1);
    long at = position;
    byte[] source = window;
    int start;
    if (length <= window.length) {
      start = take(length, field);
    } else {
      source = copy(at, length);
      start = 0;
      position += length;
    }
    int wrong = Utf8.firstInvalid(source, start, start + length);
    if (wrong >= 0) {
      throw bad(at + wrong - start, field, "a byte that is not UTF-8", "UTF-8");
    }
    return new String(source, start, length, StandardCharsets.UTF_8);
  }

  /**
   * A key or a tensor's name: printable ASCII without spaces, as the format says, so that it can
   * stand in a message or a log as it is.
   */
  String name(String field, int mostBytes) {
    long at = position;
    String text = string(field, mostBytes);
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7F) {
        throw bad(at, field, Show.quoted(text), "printable ASCII without spaces");
      }
    }
    if (text.isEmpty()) {
      throw bad(at, field, "no character", "at least one");
    }
    name = text;
    return text;
  }

  /** {@code count} strings, of which each was given 8 bytes by {@link #count}. */
  PackedStrings strings(String field, int count, int mostBytes) {
    long first = position;
    int[] starts = new int[count + 1];
    for (int i = 0; i < count; i++) {
      long at = position;
      long length = u64(field);
      if (length < 0 || length > mostBytes || length > remaining()) {
        throw bad(
            at,
            field + " element " + i,
            "a length of " + Long.toUnsignedString(length),
            "at most " + Math.min(mostBytes, remaining()) + " bytes");
      }
      starts[i] = (int) (position - first);
      position += length;
    }
    int length = (int) (position - first);
    starts[count] = length + Long.BYTES;
    byte[] region = copy(first, length);
    for (int i = 0; i < count; i++) {
      int wrong = Utf8.firstInvalid(region, starts[i], starts[i + 1] - Long.BYTES);
      if (wrong >= 0) {
        throw bad(first + wrong, field + " element " + i, "a byte that is not UTF-8", "UTF-8");
      }
    }
    return new PackedStrings(region, starts);
  }

  /** The next {@code length} bytes. */
  byte[] bytes(String field, long length) {
    require(length, field);
    byte[] copy = copy(position, Math.toIntExact(length));
    position += length;
    return copy;
  }

  ModelFormatException bad(long at, String field, String found, String allowed) {
    String part = index < 0 ? kind : kind + " " + index;
    return new ModelFormatException(
        file,
        at,
        (name == null ? part : part + " \"" + name + "\"") + ", " + field,
        found,
        allowed);
  }

  private void require(long length, String field) {
    if (!Extent.fits(position, length, limit)) {
      String end =
          limit < size() ? "the limit of %d bytes for a header" : "the end of the file at byte %d";
      throw bad(position, field, end.formatted(limit), "%d more bytes".formatted(length));
    }
  }

  /**
   * Takes {@code length} bytes, at most the window's size, and returns where in the window they
   * are.
   */
  private int take(int length, String field) {
    require(length, field);
    long at = position - windowStart;
    if (at < 0 || at + length > windowBytes) {
      windowStart = position;
      windowBytes = (int) Math.min(window.length, limit - position);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, position, window, 0, windowBytes);
      at = 0;
    }
    position += length;
    return (int) at;
  }

  private byte[] copy(long from, int length) {
    byte[] copy = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, copy, 0, length);
    return copy;
  }
}
