package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was packed can be kept as bytes and brought back. */
class PackedFormsTest {
  private static final long SEED = 2026;
  private static final int ROWS = 33;
  private static final int COLUMNS = 512;

  /**
   * Sums of what packing makes of the same matrices. Copies of packed matrices are kept on disk: if
   * this test fails because packing changed on purpose, count {@code Packer.VERSION} up and write
   * the new sums here, or old copies would be read as something they are not.
   */
  private static final Map<Format, String> VERSION_1 = new EnumMap<>(Format.class);

  static {
    VERSION_1.put(Format.F32, "82fea1b7");
    VERSION_1.put(Format.F16, "dfe910cd");
    VERSION_1.put(Format.BF16, "f9a3b219");
    VERSION_1.put(Format.Q8_0, "72c5e80f");
    VERSION_1.put(Format.Q4_0, "f216817a");
    VERSION_1.put(Format.Q4_1, "111db0df");
    VERSION_1.put(Format.Q5_0, "683c95bf");
    VERSION_1.put(Format.Q5_1, "23403b29");
    VERSION_1.put(Format.Q2_K, "0dbd711d");
    VERSION_1.put(Format.Q3_K, "96cea2f6");
    VERSION_1.put(Format.Q4_K, "b6111d83");
    VERSION_1.put(Format.Q5_K, "f0ad3f5e");
    VERSION_1.put(Format.Q6_K, "f808aa2e");
    VERSION_1.put(Format.IQ4_NL, "eba0ccbb");
    VERSION_1.put(Format.IQ4_XS, "fdaef4ef");
    VERSION_1.put(Format.MXFP4, "c6bb4bdc");
  }

  @Test
  void packingMakesWhatItsVersionAlwaysMade() {
    Map<Format, String> found = new EnumMap<>(Format.class);
    try (Workers workers = new Workers(1);
        Arena arena = Arena.ofShared()) {
      Kernels kernels = Selection.choose("vector", workers).kernels();
      PackedForms forms = kernels.packedForms().orElseThrow();
      for (Format format : Format.values()) {
        MemorySegment source = Weights.random(format, ROWS, COLUMNS, new Random(SEED));
        Matrix packed = kernels.pack(format, ROWS, COLUMNS, source, arena);
        CRC32C sum = new CRC32C();
        sum.update(forms.bytes(packed).asByteBuffer());
        found.put(format, "%08x".formatted(sum.getValue()));
        assertThat(forms.name(format)).startsWith("panels 1,");
      }
    }
    assertThat(found).isEqualTo(VERSION_1);
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void aMatrixOfKeptBytesMultipliesToTheSameBits(Format format) {
    Random random = new Random(SEED);
    try (Workers workers = new Workers(2);
        Arena arena = Arena.ofShared()) {
      Kernels kernels = Selection.choose("auto", workers).kernels();
      PackedForms forms = kernels.packedForms().orElseThrow();
      MemorySegment source = Weights.random(format, ROWS, COLUMNS, random);
      Matrix packed = kernels.pack(format, ROWS, COLUMNS, source, arena);
      MemorySegment bytes = forms.bytes(packed);
      assertThat(bytes.isReadOnly()).isTrue();
      assertThat(bytes.byteSize()).isEqualTo(forms.bytes(format, ROWS, COLUMNS));

      MemorySegment kept = forms.reserve(bytes.byteSize(), arena).copyFrom(bytes);
      Matrix back = forms.matrix(format, ROWS, COLUMNS, kept.asReadOnly());
      float[] x = Weights.numbers(3 * COLUMNS, random);
      float[] expected = new float[3 * ROWS];
      float[] found = new float[3 * ROWS];
      kernels.multiply(packed, x, 3, expected);
      kernels.multiply(back, x, 3, found);
      assertThat(found).isEqualTo(expected);
      float[] row = new float[COLUMNS];
      float[] rowBack = new float[COLUMNS];
      kernels.row(packed, ROWS - 1, row, 0);
      kernels.row(back, ROWS - 1, rowBack, 0);
      assertThat(rowBack).isEqualTo(row);
      assertThat(back.bytes()).isEqualTo(packed.bytes());
    }
  }

  @Test
  void bytesOfAnotherSizeOrPlaceAreRefused() {
    try (Workers workers = new Workers(1);
        Arena arena = Arena.ofShared()) {
      PackedForms forms =
          Selection.choose("vector", workers).kernels().packedForms().orElseThrow();
      long bytes = forms.bytes(Format.Q8_0, 64, 256);
      MemorySegment memory = forms.reserve(bytes + 64, arena);
      for (MemorySegment wrong :
          new MemorySegment[] {
            memory, memory.asSlice(0, bytes - 4), memory.asSlice(4, bytes), memory.asSlice(0, 0)
          }) {
        assertThatThrownBy(() -> forms.matrix(Format.Q8_0, 64, 256, wrong))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("Q8_0[64, 256] has %d packed bytes".formatted(bytes));
      }
    }
  }

  @Test
  void theScalarTierHasNone() {
    try (Workers workers = new Workers(1)) {
      assertThat(Selection.choose("scalar", workers).kernels().packedForms()).isEmpty();
    }
  }
}
