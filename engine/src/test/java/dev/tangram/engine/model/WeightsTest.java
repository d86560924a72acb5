package dev.tangram.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Matrices out of a part of a tensor have the rows of the whole, in every format. */
class WeightsTest {
  private static final int ROWS = 12;
  private static final int COLUMNS = 512;
  private static final long SEED = 20261123;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Format.class)
  void splitMatricesHaveTheRowsTheyName(Format format) throws IOException {
    int[] queries = RowOrder.of(2, 6, 0, 3);
    int[] gates = RowOrder.of(2, 6, 3, 3);
    assertThat(queries).containsExactly(0, 1, 2, 6, 7, 8);
    assertThat(RowOrder.join(queries, gates)).containsExactly(0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11);
    read(
        random(format, COLUMNS, ROWS),
        (weights, kernels) -> {
          Matrix whole = weights.matrix("w", ROWS, COLUMNS);
          List<Matrix> parts = weights.split("w", COLUMNS, queries, gates);
          for (int i = 0; i < queries.length; i++) {
            assertThat(row(kernels, parts.get(0), i)).isEqualTo(row(kernels, whole, queries[i]));
            assertThat(row(kernels, parts.get(1), i)).isEqualTo(row(kernels, whole, gates[i]));
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void stackedMatricesHaveTheRowsOfTheirSlice(Format format) throws IOException {
    Altered altered = random(format, COLUMNS, 4, 3);
    List<float[]> flat = new ArrayList<>();
    read(
        altered.reshaped("w", COLUMNS, ROWS),
        (weights, kernels) -> {
          Matrix whole = weights.matrix("w", ROWS, COLUMNS);
          for (int i = 0; i < ROWS; i++) {
            flat.add(row(kernels, whole, i));
          }
        });
    read(
        altered.reshaped("w", COLUMNS, 4, 3),
        (weights, kernels) -> {
          List<Matrix> slices = weights.matrices("w", 3, 4, COLUMNS);
          List<List<Matrix>> pieces = weights.stacked("w", 3, COLUMNS, 1, 3);
          for (int i = 0; i < ROWS; i++) {
            assertThat(row(kernels, slices.get(i / 4), i % 4)).isEqualTo(flat.get(i));
            Matrix piece = pieces.get(i % 4 == 0 ? 0 : 1).get(i / 4);
            assertThat(row(kernels, piece, Math.max(0, i % 4 - 1))).isEqualTo(flat.get(i));
          }
        });
  }

  /** Finite scales, so that rows can be compared. */
  private static Altered random(Format format, long... shape) {
    Altered altered = new Altered("qwen2").zeros("w", format, shape);
    Random random = new Random(SEED);
    int bytes = ROWS * COLUMNS / format.blockLength() * format.blockBytes();
    for (int at = 0; at + 1 < bytes; at += 2) {
      altered.half("w", at, 0x2C00 + random.nextInt(0x1000));
    }
    return altered;
  }

  private interface Reading {
    void accept(Weights weights, Kernels kernels);
  }

  private void read(Altered altered, Reading reading) throws IOException {
    try (Workers workers = new Workers(2);
        Arena arena = Arena.ofShared();
        ModelFile file = altered.write(folder)) {
      Kernels kernels = Selection.choose("vector", workers).kernels();
      Weights weights = new Weights(file, kernels, arena, bytes -> {});
      weights.startPacking();
      reading.accept(weights, kernels);
    }
  }

  private static float[] row(Kernels kernels, Matrix w, int row) {
    float[] y = new float[w.columns()];
    kernels.row(w, row, y, 0);
    return y;
  }
}
