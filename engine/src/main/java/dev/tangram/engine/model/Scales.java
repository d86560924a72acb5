package dev.tangram.engine.model;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;

/** Refuses weights that are not finite: one NaN scale makes every later token nonsense. */
final class Scales {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Scales() {}

  /** Looks at every half or float that scales weights. */
  static void check(ModelFile file, Tensor tensor) {
    check(file, tensor, file.data(tensor), 0);
  }

  /** Likewise at one matrix of a stacked tensor. */
  static void check(ModelFile file, Tensor tensor, int index) {
    MemorySegment data = file.slice(tensor, index);
    check(file, tensor, data, index * data.byteSize());
  }

  private static void check(ModelFile file, Tensor tensor, MemorySegment data, long first) {
    LongConsumer refusal = at -> refuse(file, tensor, first + at);
    switch (tensor.format()) {
      case F32 -> floats(data, refusal);
      case F16 -> halves(data, refusal, 2, 0x7C00, 0);
      case BF16 -> halves(data, refusal, 2, 0x7F80, 0);
      case Q8_0, Q4_0, Q5_0 -> halves(data, refusal, tensor.format().blockBytes(), 0x7C00, 0);
      case Q4_1, Q5_1, Q4_K, Q5_K ->
          halves(data, refusal, tensor.format().blockBytes(), 0x7C00, 0, 2);
      case Q6_K -> halves(data, refusal, tensor.format().blockBytes(), 0x7C00, 208);
    }
  }

  private static void floats(MemorySegment data, LongConsumer refusal) {
    for (long at = 0; at < data.byteSize(); at += 4) {
      if ((data.get(U32, at) & 0x7F800000) == 0x7F800000) {
        refusal.accept(at);
      }
    }
  }

  private static void halves(
      MemorySegment data, LongConsumer refusal, int stride, int exponent, int... places) {
    for (long block = 0; block < data.byteSize(); block += stride) {
      for (int place : places) {
        if ((data.get(U16, block + place) & exponent) == exponent) {
          refusal.accept(block + place);
        }
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
