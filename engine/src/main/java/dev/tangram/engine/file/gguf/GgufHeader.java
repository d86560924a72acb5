package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/**
 * A checked GGUF header.
 *
 * <pre>
 *   0  "GGUF"            4  u32 version       8  u64 tensor count     16  u64 pair count
 *  24  pairs             string key, u32 value type, value
 *   .  tensor infos      string name, u32 n, u64 ne[n], u32 type, u64 offset
 *   .  padding to general.alignment, then the data
 * </pre>
 *
 * All numbers are little-endian.
 */
record GgufHeader(int version, GgufMetadata metadata, Map<String, Tensor> tensors) {
  static final int MAGIC = 0x46554747;
  static final int VERSION = 3;
  static final String ALIGNMENT = "general.alignment";
  static final int FIXED_BYTES = 24;
  private static final int TENSOR_INFO_BYTES_MIN = 8 + 1 + 4 + 8 + 4 + 8;
  private static final int PAIR_BYTES_MIN = 8 + 1 + 4 + 1;

  /**
   * Parses the header at the start of a file's bytes.
   *
   * @param file the name that errors carry
   */
  static GgufHeader parse(MemorySegment bytes, String file) {
    ForeignContent.refuse(bytes, file);
    if (bytes.byteSize() < FIXED_BYTES) {
      throw new ModelFormatException(
          file,
          "size",
          bytes.byteSize() + " bytes",
          "at least the %d bytes of a GGUF header".formatted(FIXED_BYTES));
    }
    HeaderReader in = new HeaderReader(bytes, file);
    in.u32("magic");
    int version = version(in);
    int tensorCount = in.count("tensor count", Limits.TENSORS_MAX, TENSOR_INFO_BYTES_MIN);
    int pairCount = in.count("pair count", Limits.PAIRS_MAX, PAIR_BYTES_MIN);
    GgufMetadata metadata = new GgufMetadata(file, new ValueReader(in).pairs(pairCount));
    refuseSplit(metadata, file);
    Map<String, Tensor> tensors =
        new TensorReader(in, alignment(metadata, file)).tensors(tensorCount);
    return new GgufHeader(version, metadata, tensors);
  }

  private static int version(HeaderReader in) {
    long at = in.position();
    int version = in.u32("version");
    if (version == 2 || version == VERSION) {
      return version;
    }
    String found = Integer.toUnsignedString(version);
    if (version != 0 && (version & 0xFFFF) == 0) {
      found = "a big-endian file (version " + Integer.reverseBytes(version) + ")";
    } else if (version == 1) {
      found = "1, the layout of August 2023 with 32-bit lengths";
    }
    throw in.bad(at, "version", found, "2 or 3, little-endian");
  }

  private static int alignment(GgufMetadata metadata, String file) {
    if (!metadata.has(ALIGNMENT)) {
      return Limits.ALIGNMENT_DEFAULT;
    }
    int alignment = metadata.integer(ALIGNMENT, Limits.ALIGNMENT_MIN, Limits.ALIGNMENT_MAX);
    if (Integer.bitCount(alignment) != 1) {
      throw new ModelFormatException(
          file, ALIGNMENT, Integer.toString(alignment), "a power of two");
    }
    return alignment;
  }

  private static void refuseSplit(GgufMetadata metadata, String file) {
    int parts = metadata.integer("split.count", 0, 65_535, 1);
    if (parts > 1) {
      int part = metadata.integer("split.no", 0, 65_535, 0) + 1;
      throw new ModelFormatException(
          file,
          "split.count",
          "part %d of a model in %d files".formatted(part, parts),
          "a model in one file (merge the parts)");
    }
  }
}
