package dev.tangram.engine.file.gguf;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.RandomAccess;

/**
 * An array of strings as it stands in the file: one byte array and one int per string, where 150,000 String objects
 * would take three times the room. Each {@code get} decodes; the bytes were checked to be UTF-8 when they were read.
 */
final class PackedStrings extends AbstractList<String> implements RandomAccess {
  /** Each string with its u64 length before it. */
  private final byte[] bytes;

  /** starts[i] is where string i's characters begin; starts[count] is where those of one more would. */
  private final int[] starts;

  PackedStrings(byte[] bytes, int[] starts) {
    this.bytes = bytes;
    this.starts = starts;
  }

  @Override
  public String get(int index) {
    int start = starts[index];
    int length = starts[index + 1] - Long.BYTES - start;
    return new String(bytes, start, length, StandardCharsets.UTF_8);
  }

  @Override
  public int size() {
    return starts.length - 1;
  }
}
