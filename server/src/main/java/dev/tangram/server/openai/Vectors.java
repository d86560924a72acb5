package dev.tangram.server.openai;

import dev.tangram.engine.encoder.UnitLength;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;

/** Vectors as clients get them. */
final class Vectors {
  private Vectors() {}

  /** The leading elements, of length 1 again; for models trained so that these carry most. */
  static float[] shortened(float[] vector, int dimensions) {
    if (dimensions == vector.length) {
      return vector;
    }
    float[] leading = Arrays.copyOf(vector, dimensions);
    UnitLength.of(leading, dimensions);
    return leading;
  }

  /** Little-endian 32-bit floats in base64. */
  static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /** The cosine of two vectors, -1 to 1; 0 if one of them is zero. */
  static double cosine(float[] a, float[] b) {
    double dot = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      squaresA += (double) a[i] * a[i];
      squaresB += (double) b[i] * b[i];
    }
    double lengths = Math.sqrt(squaresA) * Math.sqrt(squaresB);
    return lengths == 0 ? 0 : Math.clamp(dot / lengths, -1.0, 1.0);
  }
}
