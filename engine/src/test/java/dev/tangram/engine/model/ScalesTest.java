package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.kernel.Format;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every place of every format where a half or a float scales weights. */
class ScalesTest {
  private static final int ROWS = 3;
  private static final int COLUMNS = 512;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Format.class)
  void notFiniteIsFoundInTheLastBlock(Format format) throws IOException {
    int bits = format == Format.BF16 || format == Format.F32 ? 0x7F80 : 0x7C00;
    for (int place : places(format)) {
      int last = ROWS * COLUMNS / format.blockLength() - 1;
      for (int notFinite : new int[] {bits, bits | 0x8000, bits | 1}) {
        Altered altered =
            new Altered("qwen2")
                .zeros("w", format, COLUMNS, ROWS)
                .half("w", last * format.blockBytes() + place, notFinite);
        try (ModelFile file = altered.write(folder)) {
          assertThatThrownBy(() -> Scales.check(file, file.tensors().get("w")))
              .as("%s at %d: %x", format, place, notFinite)
              .isInstanceOf(ModelFormatException.class)
              .hasMessageContaining("w: found a NaN or infinite value");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Format.class, mode = EnumSource.Mode.EXCLUDE, names = "MXFP4")
  void whatIsNoScaleMayBeAnything(Format format) throws IOException {
    Altered altered = new Altered("qwen2").zeros("w", format, COLUMNS, ROWS);
    int blocks = ROWS * COLUMNS / format.blockLength();
    int[] places = places(format);
    for (int block = 0; block < blocks; block++) {
      for (int at = 0; at + 1 < format.blockBytes(); at += 2) {
        // Quants of all ones look like a NaN where nobody reads a scale; a scale gets the largest
        // finite half.
        altered.half("w", block * format.blockBytes() + at, contains(places, at) ? 0x7BFF : 0xFFFF);
      }
    }
    try (ModelFile file = altered.write(folder)) {
      assertThatCode(() -> Scales.check(file, file.tensors().get("w"))).doesNotThrowAnyException();
    }
  }

  @Test
  void powersOfMxfp4() throws IOException {
    for (int power : new int[] {0, 127, 251, 252, 255}) {
      Altered altered =
          new Altered("qwen2")
              .zeros("w", Format.MXFP4, COLUMNS, ROWS)
              .half("w", (ROWS * COLUMNS / 32 - 1) * 17, power);
      try (ModelFile file = altered.write(folder)) {
        if (power <= 251) {
          Scales.check(file, file.tensors().get("w"));
        } else {
          assertThatThrownBy(() -> Scales.check(file, file.tensors().get("w")))
              .hasMessageContaining("w: found a NaN or infinite value");
        }
      }
    }
  }

  /** Byte offsets in a block, from the table of formats. */
  private static int[] places(Format format) {
    return switch (format) {
      case F32 -> new int[] {2};
      case F16, BF16, Q8_0, Q4_0, Q5_0, IQ4_NL, IQ4_XS -> new int[] {0};
      case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
      case Q2_K -> new int[] {80, 82};
      case Q3_K -> new int[] {108};
      case Q6_K -> new int[] {208};
      // A byte, tested on its own.
      case MXFP4 -> new int[] {};
    };
  }

  private static boolean contains(int[] places, int at) {
    for (int place : places) {
      if (place == at) {
        return true;
      }
    }
    return false;
  }
}
