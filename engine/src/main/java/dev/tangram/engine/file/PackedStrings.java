package dev.tangram.engine.file;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * An array of strings as it stands in a GGUF file: one byte array and one int per string, where
 * 150,000 String objects would take three times the room. Each {@code get} decodes; the bytes were
 * checked to be UTF-8 when they were read.
 */
public final class PackedStrings extends AbstractList<String> implements RandomAccess {
  /** Each string with its u64 length before it. */
  private final byte[] bytes;

  /**
   * starts[i] is where string i's characters begin; starts[count] is where those of one more would.
   */
  private final int[] starts;

  /**
   * Takes both over.
   *
   * @param bytes UTF-8, each string with its length as u64 before it
   * @param starts where string i's characters begin; one more than there are strings
   */
  public PackedStrings(byte[] bytes, int[] starts) {
    this.bytes = bytes;
    this.starts = starts;
  }

  /** The same strings; a list that is packed is not packed again. */
  public static PackedStrings of(List<String> strings) {
    if (strings instanceof PackedStrings packed) {
      return packed;
    }
    int[] starts = new int[strings.size() + 1];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < strings.size(); i++) {
      byte[] text = strings.get(i).getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(length.putLong(0, text.length).array());
      starts[i] = bytes.size();
      bytes.writeBytes(text);
    }
    starts[strings.size()] = bytes.size() + Long.BYTES;
    return new PackedStrings(bytes.toByteArray(), starts);
  }

  /** The strings as in the file, each with its u64 length before it; not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where string {@code index} begins in {@link #bytes}. */
  public int start(int index) {
    return starts[index];
  }

  /** Where string {@code index} ends in {@link #bytes}. */
  public int end(int index) {
    return starts[index + 1] - Long.BYTES;
  }

  @Override
  public String get(int index) {
    int start = start(index);
    return new String(bytes, start, end(index) - start, StandardCharsets.UTF_8);
  }

  @Override
  public int size() {
    return starts.length - 1;
  }
}
