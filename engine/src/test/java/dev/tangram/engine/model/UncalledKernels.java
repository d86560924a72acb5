package dev.tangram.engine.model;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.Pairing;
import dev.tangram.kernel.Span;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Kernels that nobody may call: a model refused must be refused before. */
final class UncalledKernels implements Kernels {
  private static AssertionError called() {
    return new AssertionError("a kernel was called");
  }

  @Override
  public String tier() {
    return "uncalled";
  }

  @Override
  public int widthBits() {
    return 32;
  }

  @Override
  public Matrix pack(Format format, int rows, int columns, MemorySegment source, Arena arena) {
    throw called();
  }

  @Override
  public void row(Matrix w, int row, float[] y, int offset) {
    throw called();
  }

  @Override
  public void multiply(Matrix w, float[] x, int tokens, float[] y) {
    throw called();
  }

  @Override
  public void rmsNorm(float[] x, int rows, int length, float[] weight, float eps, float[] y) {
    throw called();
  }

  @Override
  public void add(float[] y, float[] x, int count) {
    throw called();
  }

  @Override
  public void addBias(float[] y, int rows, float[] bias) {
    throw called();
  }

  @Override
  public void scale(float[] y, int count, float factor) {
    throw called();
  }

  @Override
  public void siluMultiply(float[] gate, float[] up, int count) {
    throw called();
  }

  @Override
  public void geluMultiply(float[] gate, float[] up, int count) {
    throw called();
  }

  @Override
  public void rotate(
      float[] x,
      int tokens,
      int heads,
      int headSize,
      int rotated,
      float[] cos,
      float[] sin,
      Pairing pairing) {
    throw called();
  }

  @Override
  public void store(KvMemory kv, int layer, List<Span> spans, float[] k, float[] v) {
    throw called();
  }

  @Override
  public void attention(
      KvMemory kv,
      int layer,
      List<Span> spans,
      int heads,
      float scale,
      int window,
      float[] q,
      float[] y) {
    throw called();
  }
}
