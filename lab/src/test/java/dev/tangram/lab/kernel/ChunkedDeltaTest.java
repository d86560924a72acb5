package dev.tangram.lab.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.kernel.DeltaShape;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Span;
import dev.tangram.kernel.StateMemory;
import dev.tangram.kernel.Workers;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chunked form is the recurrent one: as published, in double, and as the bench times it. */
class ChunkedDeltaTest {
  private static final int CHUNK = 64;

  private final Workers workers = new Workers(2);
  private final Kernels kernels = Selection.choose("auto", workers).kernels();
  private final DeltaShape shape = new DeltaShape(2, 4, 32, 64, false);

  @AfterEach
  void closeWorkers() {
    workers.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 63, 64, 65, 150})
  void equalsTheRecurrentForm(int tokens) {
    Random random = new Random(tokens);
    // Two spans: the second goes on from the state that the first left.
    int all = tokens + 30;
    float[] mixed = new float[all * shape.channels()];
    float[] decay = new float[all * shape.valueHeads()];
    float[] beta = new float[all * shape.valueHeads()];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < decay.length; i++) {
      decay[i] = i % 97 == 0 ? -200 : -random.nextFloat();
      beta[i] = random.nextFloat();
    }
    float[] expected = new float[all * shape.inner()];
    float[] y = new float[all * shape.inner()];
    try (StateMemory recurrent = new StateMemory(1, 1, 0, shape.recurrent());
        StateMemory chunked = new StateMemory(1, 1, 0, shape.recurrent())) {
      recurrent.clear(0);
      chunked.clear(0);
      for (Span span :
          List.of(
              new Span(0, tokens, 0, new int[0], 0), new Span(tokens, 30, tokens, new int[0], 0))) {
        List<Span> spans = List.of(span);
        kernels.deltaRule(recurrent, 0, spans, shape, mixed, decay, beta, expected);
        ChunkedDelta.run(chunked, 0, spans, shape, mixed, decay, beta, y, workers);
      }
      close("y", y, expected);
      float[] state = recurrent.recurrent(0, 0).toArray(ValueLayout.JAVA_FLOAT);
      close("S", chunked.recurrent(0, 0).toArray(ValueLayout.JAVA_FLOAT), state);
      for (int head = 0; head < shape.valueHeads(); head++) {
        double[][] s = new double[shape.keySize()][shape.valueSize()];
        for (int from = 0; from < all; from += CHUNK) {
          int count = Math.min(CHUNK, all - from);
          double[][] o = published(s, head, from, count, mixed, decay, beta);
          for (int t = 0; t < count; t++) {
            for (int j = 0; j < shape.valueSize(); j++) {
              int at = (from + t) * shape.inner() + head * shape.valueSize() + j;
              assertThat(Math.abs(o[t][j] - expected[at])).isLessThan(1e-5);
            }
          }
        }
      }
    }
  }

  private static void close(String what, float[] found, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(found[i] - expected[i]) <= 1e-5)) {
        assertThat(found[i]).as("%s[%d]", what, i).isEqualTo(expected[i]);
      }
    }
  }

  /**
   * One chunk as Yang, Kautz and Hatamizadeh write it, from s, which becomes the state after it: U
   * = T beta V, W = T beta exp(G) K with T the inverse of I + L.
   */
  private double[][] published(
      double[][] s, int head, int from, int count, float[] mixed, float[] decay, float[] beta) {
    int keys = shape.keySize();
    int values = shape.valueSize();
    double[][] q = new double[count][];
    double[][] k = new double[count][];
    double[][] u = new double[count][values];
    double[][] w = new double[count][keys];
    double[] g = new double[count];
    for (int i = 0; i < count; i++) {
      int at = (from + i) * shape.channels();
      int gate = (from + i) * shape.valueHeads() + head;
      g[i] = (i == 0 ? 0 : g[i - 1]) + decay[gate];
      q[i] = unit(mixed, at + shape.keyHead(head) * keys, keys);
      k[i] = unit(mixed, at + (shape.keyHeads() + shape.keyHead(head)) * keys, keys);
      int v = at + 2 * shape.keyHeads() * keys + head * values;
      for (int c = 0; c < values; c++) {
        u[i][c] = beta[gate] * mixed[v + c];
      }
      for (int c = 0; c < keys; c++) {
        w[i][c] = beta[gate] * Math.exp(g[i]) * k[i][c];
      }
      for (int j = 0; j < i; j++) {
        double l = beta[gate] * dot(k[i], k[j]) * Math.exp(g[i] - g[j]);
        for (int c = 0; c < values; c++) {
          u[i][c] -= l * u[j][c];
        }
        for (int c = 0; c < keys; c++) {
          w[i][c] -= l * w[j][c];
        }
      }
    }
    double[][] o = new double[count][values];
    for (int i = 0; i < count; i++) {
      for (int c = 0; c < values; c++) {
        for (int n = 0; n < keys; n++) {
          u[i][c] -= w[i][n] * s[n][c];
          o[i][c] += Math.exp(g[i]) * q[i][n] * s[n][c];
        }
      }
      for (int j = 0; j <= i; j++) {
        double share = dot(q[i], k[j]) * Math.exp(g[i] - g[j]);
        for (int c = 0; c < values; c++) {
          o[i][c] += share * u[j][c];
        }
      }
      for (int c = 0; c < values; c++) {
        o[i][c] /= Math.sqrt(keys);
      }
    }
    for (int n = 0; n < keys; n++) {
      for (int c = 0; c < values; c++) {
        s[n][c] *= Math.exp(g[count - 1]);
        for (int j = 0; j < count; j++) {
          s[n][c] += Math.exp(g[count - 1] - g[j]) * k[j][n] * u[j][c];
        }
      }
    }
    return o;
  }

  private static double[] unit(float[] x, int from, int length) {
    double[] unit = new double[length];
    for (int i = 0; i < length; i++) {
      unit[i] = x[from + i];
    }
    double factor = 1 / Math.sqrt(dot(unit, unit) + 1e-6);
    for (int i = 0; i < length; i++) {
      unit[i] *= factor;
    }
    return unit;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
