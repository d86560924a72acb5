package dev.tangram.engine.packed;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.PackedForms;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The head of a copy. Numbers are little endian; a text is its length in bytes and its UTF-8.
 *
 * <pre>
 *   0  8 bytes  "TGPACKED"
 *   8  int      version of this head
 *  12  int      bytes of the head, itself included
 *  16  long     where the data begins: at a multiple of 4096
 *  24  long     bytes of the data; the file ends with them
 *  32  text     stamp of the model's files
 *      text     names of the forms
 *      int      matrices; each: text tensor, text format, int rows, int columns, long place in the data
 *      int      chunks of {@value #CHUNK} bytes, the last one shorter; each: int CRC-32C
 *      int      CRC-32C of all of the head before it
 * </pre>
 *
 * @param stamp of the files that the copy was made of
 * @param forms what the bytes of its formats are named
 * @param places of the matrices, in bytes from the data's begin
 */
record CopyHead(
    String stamp,
    String forms,
    List<PackedMatrix> matrices,
    long[] places,
    long dataAt,
    long dataBytes,
    int[] checks) {
  /** Bytes of data that one checksum covers. */
  static final int CHUNK = 4 << 20;

  /** Room for half a million matrices; a head that claims more is none. */
  static final int HEAD_BYTES_MAX = 64 << 20;

  /** Bytes that tell how long the head is. */
  static final int PREFIX = 32;

  private static final long MAGIC = 0x44454B4341504754L;
  private static final int VERSION = 1;
  private static final int PAGE = 4096;

  /** What the forms of these formats are named, as a copy holds it. */
  static String forms(List<PackedMatrix> matrices, PackedForms forms) {
    Set<Format> formats = EnumSet.noneOf(Format.class);
    matrices.forEach(matrix -> formats.add(matrix.format()));
    StringBuilder text = new StringBuilder();
    for (Format format : formats) {
      text.append(format).append(": ").append(forms.name(format)).append('\n');
    }
    return text.toString();
  }

  static int chunks(long dataBytes) {
    return Math.toIntExact(Math.ceilDiv(dataBytes, (long) CHUNK));
  }

  /** The head as bytes, padded to where the data begins. */
  static byte[] write(
      String stamp,
      String forms,
      List<PackedMatrix> matrices,
      long[] places,
      long dataBytes,
      int[] checks) {
    int size = PREFIX + textBytes(stamp) + textBytes(forms) + 4 + 4 + 4 * checks.length + 4;
    for (PackedMatrix matrix : matrices) {
      size =
          Math.addExact(size, textBytes(matrix.tensor()) + textBytes(matrix.format().name()) + 16);
    }
    if (size > HEAD_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a copy's head of %d bytes, allowed: %d".formatted(size, HEAD_BYTES_MAX));
    }
    int dataAt = Math.ceilDiv(size, PAGE) * PAGE;
    ByteBuffer out = ByteBuffer.allocate(dataAt).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION).putInt(size).putLong(dataAt).putLong(dataBytes);
    putText(out, stamp);
    putText(out, forms);
    out.putInt(matrices.size());
    for (int i = 0; i < places.length; i++) {
      PackedMatrix matrix = matrices.get(i);
      putText(out, matrix.tensor());
      putText(out, matrix.format().name());
      out.putInt(matrix.rows()).putInt(matrix.columns()).putLong(places[i]);
    }
    out.putInt(checks.length);
    for (int check : checks) {
      out.putInt(check);
    }
    CRC32C sum = new CRC32C();
    sum.update(out.array(), 0, out.position());
    out.putInt((int) sum.getValue());
    return out.array();
  }

  private static int textBytes(String text) {
    return 4 + text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void putText(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putInt(bytes.length).put(bytes);
  }

  /**
   * How long a head is.
   *
   * @param prefix the first {@link #PREFIX} bytes of a file
   * @throws BadCopyException if these begin no copy of this version
   */
  static int length(byte[] prefix) throws BadCopyException {
    ByteBuffer in = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getLong() != MAGIC) {
      throw new BadCopyException("it is no packed copy");
    }
    int version = in.getInt();
    if (version != VERSION) {
      throw new BadCopyException("its version is %d, not %d".formatted(version, VERSION));
    }
    int length = in.getInt();
    if (length < PREFIX + 4 || length > HEAD_BYTES_MAX) {
      throw new BadCopyException("its head claims %d bytes".formatted(length));
    }
    return length;
  }

  /**
   * Reads a head and checks all that it says against itself and the file's size.
   *
   * @param bytes the head alone
   * @throws BadCopyException if it contradicts itself
   */
  static CopyHead parse(byte[] bytes, long fileBytes) throws BadCopyException {
    int end = bytes.length - 4;
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, end);
    if (in.getInt(end) != (int) sum.getValue()) {
      throw new BadCopyException("its head is damaged");
    }
    in.position(16).limit(end);
    try {
      long dataAt = in.getLong();
      long dataBytes = in.getLong();
      if (dataAt < bytes.length || dataAt % PAGE != 0 || dataBytes < 1) {
        throw new BadCopyException("its data begins at %d".formatted(dataAt));
      }
      if (dataBytes != fileBytes - dataAt) {
        throw new BadCopyException(
            "it has %d bytes, not %d".formatted(fileBytes, dataAt + dataBytes));
      }
      String stamp = text(in);
      String forms = text(in);
      int count = in.getInt();
      List<PackedMatrix> matrices = new ArrayList<>();
      // A matrix takes at least 24 bytes, so a count cannot claim memory that the head has not.
      long[] places = new long[checkCount(count, in.remaining() / 24)];
      for (int i = 0; i < count; i++) {
        matrices.add(new PackedMatrix(text(in), format(text(in)), in.getInt(), in.getInt(), null));
        places[i] = in.getLong();
      }
      int[] checks = new int[checkCount(in.getInt(), in.remaining() / 4)];
      for (int i = 0; i < checks.length; i++) {
        checks[i] = in.getInt();
      }
      if (in.hasRemaining() || checks.length != chunks(dataBytes)) {
        throw new BadCopyException("its head has %d checksums".formatted(checks.length));
      }
      return new CopyHead(stamp, forms, matrices, places, dataAt, dataBytes, checks);
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new BadCopyException("its head ends too early");
    }
  }

  private static int checkCount(int count, int most) throws BadCopyException {
    if (count < 0 || count > most) {
      throw new BadCopyException("its head claims %d parts".formatted(count));
    }
    return count;
  }

  private static String text(ByteBuffer in) throws BadCopyException {
    byte[] bytes = new byte[checkCount(in.getInt(), in.remaining())];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Format format(String name) throws BadCopyException {
    try {
      return Format.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new BadCopyException("it has a format that is unknown here");
    }
  }

  /**
   * Whether every matrix lies in the data and has the size that its form has.
   *
   * @throws BadCopyException if one does not
   */
  void checkPlaces(PackedForms sizes) throws BadCopyException {
    for (int i = 0; i < places.length; i++) {
      PackedMatrix matrix = matrices.get(i);
      if (matrix.rows() < 1 || matrix.columns() < 1) {
        throw new BadCopyException("it has a matrix without rows or columns");
      }
      long bytes = sizes.bytes(matrix.format(), matrix.rows(), matrix.columns());
      if (places[i] < 0
          || places[i] % PackedForms.ALIGNMENT != 0
          || places[i] > dataBytes
          || bytes > dataBytes - places[i]) {
        throw new BadCopyException("its matrix %s does not lie in it".formatted(matrix.tensor()));
      }
    }
  }
}
