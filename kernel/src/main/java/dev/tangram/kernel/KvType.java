package dev.tangram.kernel;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How keys and values are kept. Queries, scores and sums are f32 in every type: only what is stored
 * is rounded, once, when it is stored.
 */
public enum KvType {
  /** As computed. */
  F32("f32", 1, 1),
  /** Halves; 11 bits of each number. What is beyond 65504 is stored as 65504. */
  F16("f16", 2, 16),
  /**
   * Groups of 32 elements of one head and position, the last one of a head possibly shorter: 8 bits
   * each and a common f32 scale, the largest magnitude over 127.
   */
  Q8_0("q8_0", 4, 32);

  /** Elements with a common scale. */
  public static final int GROUP = 32;

  private final String word;
  private final int elementsPerFloat;
  private final int rowMultiple;

  KvType(String word, int elementsPerFloat, int rowMultiple) {
    this.word = word;
    this.elementsPerFloat = elementsPerFloat;
    this.rowMultiple = rowMultiple;
  }

  /** As options name it. */
  public String word() {
    return word;
  }

  public static Optional<KvType> of(String word) {
    return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
  }

  /** All words, for messages. */
  public static String words() {
    return Arrays.stream(values()).map(KvType::word).collect(Collectors.joining(", "));
  }

  /** Bytes of one element, without its scale. */
  int elementBytes() {
    return Float.BYTES / elementsPerFloat;
  }

  /** Scales of one head and position. */
  int groups(int headSize) {
    return this == Q8_0 ? Math.ceilDiv(headSize, GROUP) : 0;
  }

  /** Elements from one row of values to the next: rows are padded so that registers fit. */
  public int rowLength(int headSize) {
    return Math.ceilDiv(headSize, rowMultiple) * rowMultiple;
  }

  /** Bytes of the scales before the keys, and again before the values, of a head's block. */
  public long scaleBytes(int headSize) {
    return (long) groups(headSize) * KvMemory.BLOCK_LENGTH * Float.BYTES;
  }

  /** Bytes of the keys of a head's block, scales included. */
  public long keyBytes(int headSize) {
    return scaleBytes(headSize) + (long) headSize * KvMemory.BLOCK_LENGTH * elementBytes();
  }

  /** Bytes of the values of a head's block, scales included. */
  public long valueBytes(int headSize) {
    return scaleBytes(headSize)
        + (long) rowLength(headSize) * KvMemory.BLOCK_LENGTH * elementBytes();
  }
}
