package dev.tangram.engine.packed;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Matrix;

/**
 * A matrix as a model asks for it: which tensor it is, or is part of, and its shape. The order in
 * which a model asks tells the parts of one tensor apart.
 *
 * @param matrix null while a model only says what it will ask for
 */
public record PackedMatrix(String tensor, Format format, int rows, int columns, Matrix matrix) {
  boolean sameShape(PackedMatrix other) {
    return tensor.equals(other.tensor)
        && format == other.format
        && rows == other.rows
        && columns == other.columns;
  }
}
