package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Tells from the first bytes what a file is that does not begin like GGUF: the name says nothing.
 */
public final class ForeignContent {
  private static final int HEAD_BYTES = 512;

  private ForeignContent() {}

  /** Refuses bytes that do not begin with GGUF's magic, and says what they look like. */
  static void refuse(MemorySegment bytes, String file) {
    byte[] head = new byte[(int) Math.min(HEAD_BYTES, bytes.byteSize())];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, head, 0, head.length);
    if (!starts(head, "GGUF")) {
      throw new ModelFormatException(file, 0, "magic", looksLike(head), "\"GGUF\"");
    }
  }

  /** What bytes at the start of a file look like, for messages. */
  public static String looksLike(byte[] head) {
    if (head.length == 0) {
      return "an empty file";
    }
    String binary = binary(head);
    if (binary != null) {
      return binary;
    }
    if (isText(head)) {
      return text(new String(head, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT));
    }
    boolean zero = true;
    for (byte b : head) {
      zero &= b == 0;
    }
    return zero ? "zero bytes (an unfinished download?)" : "bytes of no known kind";
  }

  private static String binary(byte[] head) {
    if (starts(head, "PK\3\4") || starts(head, "PK\5\6")) {
      return "a ZIP archive (PyTorch checkpoints are such archives of Python pickles)";
    }
    if (head.length >= 2 && (head[0] & 0xFF) == 0x80 && head[1] >= 2 && head[1] <= 5) {
      return "a Python pickle, which is a program and is never run here";
    }
    // u64 length of a JSON object, then the object; a length of 16 MiB and more would set byte 3.
    if (head.length > 9
        && head[8] == '{'
        && head[4] == 0
        && head[5] == 0
        && head[6] == 0
        && head[7] == 0) {
      return "a safetensors file";
    }
    if (starts(head, "FUGG")) {
      return "a GGUF file with its bytes swapped";
    }
    if (starts(head, "lmgg")
        || starts(head, "tjgg")
        || starts(head, "fmgg")
        || starts(head, "algg")) {
      return "a file of GGML from before GGUF";
    }
    if (starts(head, "\177ELF")) {
      return "an ELF program";
    }
    if (starts(head, "MZ")) {
      return "a Windows program";
    }
    if (starts(head, "\37\213")) {
      return "a gzip archive";
    }
    if (starts(head, "(\265/\375")) {
      return "a zstd archive";
    }
    if (starts(head, "\211HDF")) {
      return "an HDF5 file";
    }
    if (starts(head, "\223NUMPY")) {
      return "a NumPy array";
    }
    return starts(head, "\312\376\272\276") || starts(head, "\254\355")
        ? "Java bytecode or a serialized Java object"
        : null;
  }

  private static String text(String lower) {
    if (lower.startsWith("<!doctype") || lower.startsWith("<html") || lower.startsWith("<head")) {
      return "an HTML page (a download that met a login or error page?)";
    }
    if (lower.startsWith("version https://git-lfs")) {
      return "a Git LFS pointer, not the file it points to";
    }
    return lower.startsWith("{") || lower.startsWith("[") ? "JSON text" : "text";
  }

  private static boolean isText(byte[] head) {
    for (byte b : head) {
      boolean printable = b >= 0x20 && b < 0x7F || b == '\n' || b == '\r' || b == '\t' || b < 0;
      if (!printable) {
        return false;
      }
    }
    return Utf8.firstInvalid(head, 0, Math.max(0, head.length - 3)) < 0 || head.length < HEAD_BYTES;
  }

  private static boolean starts(byte[] head, String magic) {
    if (head.length < magic.length()) {
      return false;
    }
    for (int i = 0; i < magic.length(); i++) {
      if ((head[i] & 0xFF) != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
