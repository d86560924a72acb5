package dev.tangram.engine.model;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Refuses weights that are not finite: one NaN scale makes every later token nonsense. */
final class Scales {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Scales() {}

  /** Looks at every half or float that scales weights. */
  static void check(ModelFile file, Tensor tensor) {
    switch (tensor.format()) {
      case F32 -> floats(file, tensor);
      case F16 -> halves(file, tensor, 2, 0x7C00, 0);
      case BF16 -> halves(file, tensor, 2, 0x7F80, 0);
      case Q8_0, Q4_0, Q5_0, IQ4_NL, IQ4_XS ->
          halves(file, tensor, tensor.format().blockBytes(), 0x7C00, 0);
      case Q4_1, Q5_1, Q4_K, Q5_K ->
          halves(file, tensor, tensor.format().blockBytes(), 0x7C00, 0, 2);
      case Q2_K -> halves(file, tensor, tensor.format().blockBytes(), 0x7C00, 80, 82);
      case Q3_K -> halves(file, tensor, tensor.format().blockBytes(), 0x7C00, 108);
      case Q6_K -> halves(file, tensor, tensor.format().blockBytes(), 0x7C00, 208);
      case MXFP4 -> powers(file, tensor);
    }
  }

  private static void floats(ModelFile file, Tensor tensor) {
    MemorySegment data = file.data(tensor);
    for (long at = 0; at < tensor.bytes(); at += 4) {
      if ((data.get(U32, at) & 0x7F800000) == 0x7F800000) {
        refuse(file, tensor, at);
      }
    }
  }

  private static void halves(
      ModelFile file, Tensor tensor, int stride, int exponent, int... places) {
    MemorySegment data = file.data(tensor);
    for (long block = 0; block < tensor.bytes(); block += stride) {
      for (int place : places) {
        if ((data.get(U16, block + place) & exponent) == exponent) {
          refuse(file, tensor, block + place);
        }
      }
    }
  }

  /** E8M0: 255 is no number, and from 252 on sums of quants overflow a float. */
  private static void powers(ModelFile file, Tensor tensor) {
    MemorySegment data = file.data(tensor);
    for (long at = 0; at < tensor.bytes(); at += tensor.format().blockBytes()) {
      if ((data.get(ValueLayout.JAVA_BYTE, at) & 0xFF) > 251) {
        refuse(file, tensor, at);
      }
    }
  }

  private static void refuse(ModelFile file, Tensor tensor, long at) {
    throw new ModelFormatException(
        file.path().toString(),
        tensor.offset() + at,
        tensor.name(),
        "a NaN or infinite value",
        "finite numbers");
  }
}
