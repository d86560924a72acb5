package dev.tangram.engine.file;

/**
 * A checked range of a file or segment: {@code offset >= 0}, {@code size >= 0}, and the end lies
 * within the limit it was made with. The one place where an untrusted offset meets an untrusted
 * size; every reader of model files goes through it, so that a fix here is a fix everywhere.
 *
 * @param offset first byte
 * @param size bytes
 */
public record Extent(long offset, long size) {
  /** Refuses a range that no limit could hold. */
  public Extent {
    if (!fits(offset, size, Long.MAX_VALUE)) {
      throw new IndexOutOfBoundsException("offset %d, size %d is no range".formatted(offset, size));
    }
  }

  /**
   * Whether [offset, offset + size) lies in [0, limit). All three may be anything: a negative one
   * (also a u64 above 2^63 - 1) never fits. The subtraction form cannot overflow, which an addition
   * can.
   */
  public static boolean fits(long offset, long size, long limit) {
    return offset >= 0 && size >= 0 && offset <= limit && size <= limit - offset;
  }

  /**
   * The range [offset, offset + size).
   *
   * @throws IndexOutOfBoundsException if it does not lie in [0, limit)
   */
  public static Extent of(long offset, long size, long limit) {
    if (!fits(offset, size, limit)) {
      throw new IndexOutOfBoundsException(
          "offset %d, size %d does not fit in %d bytes".formatted(offset, size, limit));
    }
    return new Extent(offset, size);
  }

  /** The first byte after the range. */
  public long end() {
    return offset + size;
  }

  /** Whether the two ranges share a byte. */
  public boolean overlaps(Extent other) {
    return offset < other.end() && other.offset < end() && size > 0 && other.size > 0;
  }
}
