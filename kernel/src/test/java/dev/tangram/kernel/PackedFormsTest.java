package dev.tangram.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was packed can be kept as bytes and brought back. */
class PackedFormsTest {
  private static final long SEED = 2026;
  private static final int ROWS = 33;
  private static final int COLUMNS = 512;

  @ParameterizedTest
  @ValueSource(strings = {"vector", "auto"})
  void namesTellFormatsApartAndStayAsTheyAre(String tier) {
    try (Workers workers = new Workers(1)) {
      PackedForms forms = Selection.choose(tier, workers).kernels().packedForms().orElseThrow();
      PackedForms again = Selection.choose(tier, workers).kernels().packedForms().orElseThrow();
      Set<String> names = new HashSet<>();
      for (Format format : Format.values()) {
        assertThat(forms.name(format)).isEqualTo(again.name(format)).matches(".*probe [0-9a-f]{8}");
        names.add(forms.name(format));
      }
      assertThat(names).hasSize(Format.values().length);
    }
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
      PackedForms forms = Selection.choose("vector", workers).kernels().packedForms().orElseThrow();
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
